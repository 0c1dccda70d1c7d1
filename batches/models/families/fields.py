"""Fields that many endpoints share."""

from __future__ import annotations

from dataclasses import replace

from batches.models.kinds import Kind
from batches.models.parameters import Parameter

PROMPT = Parameter("prompt", Kind.STRING, "What the image shows, or what to change in it.", required=True)
#: FLUX.1 draws without a prompt, too.
FREE_PROMPT = replace(PROMPT, required=False, default="")
UPSAMPLING = Parameter("prompt_upsampling", Kind.BOOLEAN, "Let BFL rewrite the prompt before it draws.", default=False)
DISABLE_UPSAMPLING = Parameter(
    "disable_pup", Kind.BOOLEAN, "Draw the prompt as written; without this BFL rewrites it.", default=False
)

SEED = Parameter("seed", Kind.INTEGER, "The same seed and parameters draw the same image.", nullable=True)
IMAGE_PROMPT = Parameter("image_prompt", Kind.IMAGE, "An image to vary or to start from.", nullable=True, urls=False)
STEPS = Parameter("steps", Kind.INTEGER, "Drawing steps: more are finer and slower.", maximum=50)
GUIDANCE = Parameter("guidance", Kind.NUMBER, "How closely the image keeps to the prompt.")

FINETUNE_ID = Parameter(
    "finetune_id", Kind.STRING, "The finetune to use; another organisation's as owner/name.", required=True
)
FINETUNE_STRENGTH = Parameter(
    "finetune_strength", Kind.NUMBER, "How much of the finetune shows; 0 is none.", minimum=0, maximum=2
)

USER = Parameter("user", Kind.STRING, "Your own mark for the end user.", nullable=True, min_length=1, max_length=256)
WEBHOOK = (
    Parameter(
        "webhook_url",
        Kind.URL,
        "Where BFL announces the result.",
        nullable=True,
        min_length=1,
        max_length=2083,
    ),
    Parameter("webhook_secret", Kind.STRING, "What proves an announcement genuine.", nullable=True),
)


def input_images(count: int) -> tuple[Parameter, ...]:
    """`input_image`, `input_image_2` and so on."""
    first = Parameter("input_image", Kind.IMAGE, "An image to edit or to draw from.", nullable=True)
    return (first, *(replace(first, name=f"input_image_{number}") for number in range(2, count + 1)))


def safety_tolerance(most: int) -> Parameter:
    """Moderation, 0 the strictest."""
    sentence = f"How much moderation lets pass: 0 is strict, {most} is lenient."
    return Parameter("safety_tolerance", Kind.INTEGER, sentence, minimum=0, maximum=most, default=2)


def output_format(default: str) -> Parameter:
    """The file format of the result."""
    return Parameter(
        "output_format",
        Kind.STRING,
        "The file format of the image.",
        nullable=True,
        default=default,
        choices=("jpeg", "png", "webp"),
    )


def or_null(*parameters: Parameter) -> tuple[Parameter, ...]:
    """The same, where null leaves them to the server."""
    return tuple(replace(one, nullable=True) for one in parameters)
