"""FLUX 3: images by resolution class and ratio."""

from __future__ import annotations

from batches.models.endpoint import Endpoint
from batches.models.families.fields import PROMPT, safety_tolerance
from batches.models.kinds import Kind
from batches.models.parameters import Parameter
from batches.models.price import ByChoice
from batches.models.sizes import by_resolution
from batches.models.sources import F3PRICE, Certainty
from batches.money import micro_credits as cr

#: The side, in pixels, of the square each class is named after; other ratios keep its area.
SIDES = {"768sq": 768, "1k": 1024, "1.5k": 1536, "2k": 2048, "4k": 4096}
RATIOS = "21:9 2:1 16:9 3:2 7:5 4:3 5:4 1:1 4:5 3:4 5:7 2:3 9:16 1:2 9:21"

ENDPOINTS = (
    Endpoint(
        name="flux-3-image",
        summary="FLUX 3: generates and edits, if wanted after its own research on the web.",
        price=ByChoice(
            "resolution",
            (("768sq", cr("4.1")), ("1k", cr("4.8")), ("1.5k", None), ("2k", cr("10")), ("4k", cr("60.7"))),
            source=F3PRICE,
            certainty=Certainty.UNOFFICIAL,
        ),
        size=by_resolution({name: side * side for name, side in SIDES.items()}),
        open=False,
        parameters=(
            PROMPT,
            Parameter("images", Kind.IMAGES, "Images to edit or to draw from.", nullable=True),
            Parameter(
                "aspect_ratio",
                Kind.RATIO,
                "Width to height; auto follows the prompt, then the first image.",
                auto=True,
                default="auto",
                choices=tuple(RATIOS.split()),
            ),
            Parameter("resolution", Kind.STRING, "The area of the image.", default="1k", choices=tuple(SIDES)),
            safety_tolerance(4),
            Parameter("grounding", Kind.BOOLEAN, "Let BFL search the web for the prompt.", default=True),
            Parameter("version", Kind.STRING, "The release to use.", default="latest", choices=("latest",)),
        ),
    ),
)
