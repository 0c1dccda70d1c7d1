"""What BFL has withdrawn: kept so that old manifests are understood and old bills explained."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from batches.models.endpoint import Endpoint
from batches.models.families.fields import (
    FINETUNE_ID,
    FINETUNE_STRENGTH,
    FREE_PROMPT,
    GUIDANCE,
    PROMPT,
    SEED,
    UPSAMPLING,
    WEBHOOK,
    or_null,
)
from batches.models.families.flux1 import CANVAS, DEV_GUIDANCE, DEV_STEPS, JPEG, PAINT_STEPS, SAFETY
from batches.models.kinds import Kind
from batches.models.lanes import Lifecycle
from batches.models.parameters import Parameter
from batches.models.price import ByTier, PerImage
from batches.models.sizes import canvas, like_input, unforeseen
from batches.models.sources import MIRROR25, PRICE25, Certainty
from batches.money import micro_credits as cr

#: WebP came when these were gone.
OLD_JPEG = replace(JPEG, choices=("jpeg", "png"))
RESULT = (SAFETY, OLD_JPEG, *WEBHOOK)

PRO_STEPS = replace(DEV_STEPS, default=40)
PRO_GUIDANCE = replace(DEV_GUIDANCE, default=2.5)

CONTROL = Parameter("control_image", Kind.IMAGE, "The image whose structure to keep.", urls=False)
LOW = Parameter(
    "canny_low_threshold",
    Kind.INTEGER,
    "What is weaker is no edge.",
    nullable=True,
    minimum=0,
    maximum=500,
    default=50,
)
HIGH = replace(LOW, name="canny_high_threshold", sentence="What is stronger is an edge.", default=200)
PREPROCESSED = Parameter(
    "preprocessed_image", Kind.IMAGE, "The structure itself, where it is drawn already.", nullable=True, urls=False
)
FINETUNED = (FINETUNE_ID, replace(FINETUNE_STRENGTH, default=1.1))


def _drawing(guidance: float) -> tuple[Parameter, ...]:
    """How a control image is drawn; the finetuned forms take no null here."""
    return (UPSAMPLING, PAINT_STEPS, replace(GUIDANCE, minimum=1, maximum=100, default=guidance))


CANNY, DEPTH = _drawing(30), _drawing(15)

_retired = partial(Endpoint, lifecycle=Lifecycle.RETIRED)
_mirrored = partial(PerImage, source=MIRROR25, certainty=Certainty.STALE)

ENDPOINTS = (
    _retired(
        name="flux-pro",
        summary="FLUX.1 [pro]: text to image; flux-pro-1.1 took its place.",
        price=_mirrored(cr("5")),
        size=canvas,
        parameters=(
            *or_null(FREE_PROMPT),
            *CANVAS,
            *or_null(PRO_STEPS, PRO_GUIDANCE),
            Parameter("interval", Kind.NUMBER, "Tunes guidance.", nullable=True, minimum=1, maximum=4, default=2),
            UPSAMPLING,
            SEED,
            *RESULT,
        ),
    ),
    _retired(
        name="flux-pro-1.0-canny",
        summary="FLUX.1 Canny [pro]: draws along the edges of an image.",
        price=_mirrored(cr("5")),
        size=like_input,
        parameters=(PROMPT, *or_null(CONTROL), PREPROCESSED, LOW, HIGH, *or_null(*CANNY), SEED, *RESULT),
    ),
    _retired(
        name="flux-pro-1.0-depth",
        summary="FLUX.1 Depth [pro]: draws into the depth of an image.",
        price=_mirrored(cr("5")),
        size=like_input,
        parameters=(PROMPT, *or_null(CONTROL), PREPROCESSED, *or_null(*DEPTH), SEED, *RESULT),
    ),
    _retired(
        name="flux-pro-finetuned",
        summary="FLUX.1 [pro] with a finetune.",
        price=PerImage(cr("6"), source=PRICE25, certainty=Certainty.STALE),
        size=canvas,
        parameters=(
            *FINETUNED,
            FREE_PROMPT,
            *CANVAS,
            PRO_STEPS,
            PRO_GUIDANCE,
            UPSAMPLING,
            replace(SEED, nullable=False),
            SAFETY,
            replace(OLD_JPEG, nullable=False),
            *WEBHOOK,
        ),
    ),
    _retired(
        name="flux-pro-1.0-canny-finetuned",
        summary="FLUX.1 Canny [pro] with a finetune.",
        price=_mirrored(cr("6")),
        size=like_input,
        parameters=(*FINETUNED, PROMPT, replace(CONTROL, required=True), LOW, HIGH, *CANNY, SEED, *RESULT),
    ),
    _retired(
        name="flux-pro-1.0-depth-finetuned",
        summary="FLUX.1 Depth [pro] with a finetune.",
        price=_mirrored(cr("6")),
        size=like_input,
        parameters=(*FINETUNED, PROMPT, replace(CONTROL, required=True), *DEPTH, SEED, *RESULT),
    ),
    _retired(
        name="finetune",
        summary="Trains a finetune from a ZIP of up to 20 images.",
        produces="finetune",
        price=ByTier(
            "iterations",
            ((149, cr("200")), (500, cr("400")), (1000, cr("600"))),
            source=PRICE25,
            certainty=Certainty.STALE,
        ),
        size=unforeseen,
        parameters=(
            Parameter("file_data", Kind.ARCHIVE, "The images, with captions if wanted.", required=True),
            Parameter("finetune_comment", Kind.STRING, "The name of the finetune.", required=True),
            Parameter("trigger_word", Kind.STRING, "The word that calls it in a prompt.", default="TOK"),
            Parameter(
                "mode",
                Kind.STRING,
                "What the images have in common.",
                required=True,
                choices=("general", "character", "style", "product"),
            ),
            Parameter("iterations", Kind.INTEGER, "Training steps.", minimum=100, maximum=1000, default=300),
            Parameter(
                "learning_rate",
                Kind.NUMBER,
                "Absent, 0.00001 for a full training and 0.0001 for a LoRA.",
                nullable=True,
                minimum=0.000001,
                maximum=0.005,
            ),
            Parameter("captioning", Kind.BOOLEAN, "Let BFL caption the images.", default=True),
            Parameter(
                "priority",
                Kind.STRING,
                "What matters most.",
                default="quality",
                choices=("speed", "quality", "high_res_only"),
            ),
            Parameter(
                "finetune_type",
                Kind.STRING,
                "A LoRA, or a full training that a LoRA is taken from.",
                default="full",
                choices=("lora", "full"),
            ),
            Parameter("lora_rank", Kind.INTEGER, "The rank of the LoRA.", default=32, choices=(16, 32)),
            *WEBHOOK,
        ),
    ),
)
