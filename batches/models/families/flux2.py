"""FLUX.2: generates and edits images of any size up to 4 megapixels, priced by the megapixel."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from batches.models.endpoint import Endpoint
from batches.models.families.fields import (
    DISABLE_UPSAMPLING,
    FINETUNE_ID,
    FINETUNE_STRENGTH,
    GUIDANCE,
    PROMPT,
    SEED,
    STEPS,
    UPSAMPLING,
    USER,
    WEBHOOK,
    input_images,
    or_null,
    output_format,
    safety_tolerance,
)
from batches.models.kinds import Kind
from batches.models.lanes import Lifecycle
from batches.models.parameters import Parameter
from batches.models.price import PerMegapixel, Price, Unpriced
from batches.models.sizes import flux2
from batches.models.sources import LORA, SKILL, Certainty
from batches.money import micro_credits as cr

WIDTH = Parameter("width", Kind.INTEGER, "Pixels across; absent, BFL chooses.", nullable=True, minimum=64)
COMMON = (
    USER,
    PROMPT,
    SEED,
    WIDTH,
    replace(WIDTH, name="height", sentence="Pixels down; absent, BFL chooses."),
    safety_tolerance(5),
    output_format("jpeg"),
    *WEBHOOK,
)
PRO = (*COMMON, *input_images(8), DISABLE_UPSAMPLING)
KLEIN = (*COMMON, *input_images(4))
FLEX = (
    *COMMON,
    *input_images(8),
    Parameter("input_image_blob_path", Kind.STRING, "An input image already in BFL's storage.", nullable=True),
    *or_null(
        replace(UPSAMPLING, default=True),
        replace(GUIDANCE, minimum=1.5, maximum=10, default=5.0),
        replace(STEPS, minimum=1, default=50),
    ),
)

PRO_PRICE = PerMegapixel(cr("3"), cr("1.5"), cr("1.5"), source=SKILL)
KLEIN_4B_PRICE = PerMegapixel(cr("1.4"), cr("0.1"), cr("0.1"), source=SKILL)
KLEIN_9B_PRICE = PerMegapixel(cr("1.5"), cr("0.2"), cr("0.2"), source=SKILL)

_flux2 = partial(Endpoint, size=flux2)


def _finetuned(base: str, price: Price) -> Endpoint:
    """A klein endpoint with an uploaded LoRA. BFL's guide gives its strength a default and no range."""
    strength = replace(FINETUNE_STRENGTH, minimum=None, maximum=None, default=1.0)
    return _flux2(
        name=f"flux-2-klein-{base}-finetuned",
        summary=f"FLUX.2 [klein] {base} with an uploaded LoRA.",
        price=price,
        parameters=(FINETUNE_ID, strength, *KLEIN),
        lifecycle=Lifecycle.BETA,
    )


ENDPOINTS = (
    _flux2(
        name="flux-2-pro",
        summary="FLUX.2 [pro]: generates and edits; the one to start with.",
        price=PRO_PRICE,
        parameters=PRO,
    ),
    _flux2(
        name="flux-2-pro-preview",
        summary="FLUX.2 [pro] as it will be: improves without notice, so batches do not repeat exactly.",
        price=replace(PRO_PRICE, certainty=Certainty.ASSUMED),
        parameters=PRO,
    ),
    _flux2(
        name="flux-2-max",
        summary="FLUX.2 [max]: the best quality and the most faithful edits.",
        price=PerMegapixel(cr("7"), cr("3"), cr("3"), source=SKILL),
        parameters=PRO,
    ),
    _flux2(
        name="flux-2-flex",
        summary="FLUX.2 [flex]: steps and guidance to choose; strong in lettering and small detail.",
        price=PerMegapixel(cr("5"), cr("5"), cr("5"), source=SKILL),
        parameters=FLEX,
    ),
    _flux2(
        name="flux-2-klein-4b",
        summary="FLUX.2 [klein] 4B: the fastest and cheapest.",
        price=KLEIN_4B_PRICE,
        parameters=KLEIN,
    ),
    _flux2(
        name="flux-2-klein-9b",
        summary="FLUX.2 [klein] 9B: fast, with better quality than 4B.",
        price=KLEIN_9B_PRICE,
        parameters=KLEIN,
    ),
    _flux2(
        name="flux-2-klein-9b-preview",
        summary="FLUX.2 [klein] 9B as it will be: improves without notice, so batches do not repeat exactly.",
        price=replace(KLEIN_9B_PRICE, certainty=Certainty.ASSUMED),
        parameters=KLEIN,
    ),
    _finetuned("4b", replace(KLEIN_4B_PRICE, source=LORA)),
    _finetuned("9b", replace(KLEIN_9B_PRICE, source=LORA)),
    _finetuned("9b-kv", replace(KLEIN_9B_PRICE, source=LORA)),
    _finetuned("9b-kv-bf16", replace(KLEIN_9B_PRICE, source=LORA, certainty=Certainty.ASSUMED)),
    _finetuned("base-4b", Unpriced(source=LORA)),
    _finetuned("base-9b", Unpriced(source=LORA)),
)
