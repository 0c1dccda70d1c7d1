"""The FLUX.1 era, finetuned and retired operations included."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from pydantic import Field, field_validator

from simulator.bodies.shared import (
    Attributed,
    FineSteps,
    Format,
    Hooked,
    OldFormat,
    OutputFormat,
    OutputFormatJpegPng,
    Side32,
    Steps,
    Strength,
    Tolerance6,
)

WIDEST, TALLEST = 21 / 9, 9 / 21


def checked_ratio(text: str | None) -> str | None:
    """`w:h` between 21:9 and 9:21."""
    if text is None:
        return None
    match = re.fullmatch(r"([1-9]\d{0,4}):([1-9]\d{0,4})", text)
    if match is None or not TALLEST <= int(match[1]) / int(match[2]) <= WIDEST:
        raise ValueError("aspect_ratio must be width:height between 21:9 and 9:21")
    return text


class Encoded(Hooked):
    """Its images come as base64; a URL is refused."""

    accepts_urls: ClassVar[bool] = False


class FluxPro11Inputs(Attributed, Encoded):
    """flux-pro-1.1."""

    image_fields: ClassVar[tuple[str, ...]] = ("image_prompt",)
    prompt: str | None = ""
    image_prompt: str | None = None
    width: Side32 = 1024
    height: Side32 = 768
    prompt_upsampling: bool = False
    seed: int | None = None
    safety_tolerance: Tolerance6 = 2
    output_format: Format | None = OutputFormat.JPEG


class FluxDevInputs(Attributed, Encoded):
    """flux-dev."""

    image_fields: ClassVar[tuple[str, ...]] = ("image_prompt",)
    prompt: str = ""
    image_prompt: str | None = None
    width: Side32 = 1024
    height: Side32 = 768
    steps: Steps | None = 28
    prompt_upsampling: bool = False
    seed: int | None = None
    guidance: Annotated[float, Field(ge=1.5, le=5)] | None = 3.0
    safety_tolerance: Tolerance6 = 2
    output_format: Format | None = OutputFormat.JPEG


class Ultra(Encoded):
    """What both ultra operations share."""

    image_fields: ClassVar[tuple[str, ...]] = ("image_prompt",)
    prompt: str | None = ""
    prompt_upsampling: bool = False
    seed: int | None = None
    aspect_ratio: str = "16:9"
    safety_tolerance: Tolerance6 = 2
    output_format: Format | None = OutputFormat.JPEG
    image_prompt: str | None = None
    image_prompt_strength: Annotated[float, Field(ge=0, le=1)] = 0.1

    _ratio = field_validator("aspect_ratio")(checked_ratio)


class FluxUltraInput(Attributed, Ultra):
    """flux-pro-1.1-ultra."""

    raw: bool = False


class FinetuneFluxUltraInput(Ultra):
    """flux-pro-1.1-ultra-finetuned."""

    finetune_id: str
    finetune_strength: Strength = 1.2


class Inpainted(Attributed, Encoded):
    """What both fill operations share."""

    image_fields: ClassVar[tuple[str, ...]] = ("image",)
    mask_field: ClassVar[str | None] = "mask"
    image: str
    seed: int | None = None
    output_format: Format | None = OutputFormat.JPEG
    safety_tolerance: Tolerance6 = 2


class FluxProFillInputs(Inpainted):
    """flux-pro-1.0-fill."""

    mask: str | None = None
    prompt: str | None = ""
    steps: FineSteps | None = 50
    prompt_upsampling: bool | None = False
    guidance: Annotated[float, Field(ge=1.5, le=100)] | None = 60


class FinetuneFluxProFillInputs(Inpainted):
    """flux-pro-1.0-fill-finetuned."""

    finetune_id: str
    finetune_strength: Strength = 1.1
    mask: str | None = None
    prompt: str = ""
    steps: FineSteps = 50
    prompt_upsampling: bool = False
    guidance: Annotated[float, Field(ge=1.5, le=100)] = 60


Margin = Annotated[int, Field(ge=0, le=2048)]


class FluxProExpandInputs(Attributed, Encoded):
    """flux-pro-1.0-expand."""

    image_fields: ClassVar[tuple[str, ...]] = ("image",)
    image: str
    top: Margin | None = 0
    bottom: Margin | None = 0
    left: Margin | None = 0
    right: Margin | None = 0
    prompt: str | None = ""
    steps: FineSteps | None = 50
    prompt_upsampling: bool | None = False
    seed: int | None = None
    guidance: Annotated[float, Field(ge=1.5, le=100)] | None = 60
    output_format: Format | None = OutputFormat.JPEG
    safety_tolerance: Tolerance6 = 2


class FluxKontextProInputs(Attributed, Hooked):
    """flux-kontext-pro and flux-kontext-max."""

    image_fields: ClassVar[tuple[str, ...]] = (
        "input_image",
        "input_image_2",
        "input_image_3",
        "input_image_4",
    )
    prompt: str
    input_image: str | None = None
    input_image_2: str | None = None
    input_image_3: str | None = None
    input_image_4: str | None = None
    seed: int | None = None
    aspect_ratio: str | None = None
    output_format: Format | None = OutputFormat.PNG
    prompt_upsampling: bool = False
    safety_tolerance: Tolerance6 = 2

    _ratio = field_validator("aspect_ratio")(checked_ratio)


class FluxProInputs(Encoded):
    """flux-pro, retired."""

    image_fields: ClassVar[tuple[str, ...]] = ("image_prompt",)
    prompt: str | None = ""
    image_prompt: str | None = None
    width: Side32 = 1024
    height: Side32 = 768
    steps: Steps | None = 40
    prompt_upsampling: bool = False
    seed: int | None = None
    guidance: Annotated[float, Field(ge=1.5, le=5)] | None = 2.5
    safety_tolerance: Tolerance6 = 2
    interval: Annotated[float, Field(ge=1, le=4)] | None = 2
    output_format: OldFormat | None = OutputFormatJpegPng.JPEG


class FluxProFinetuneInputs(Encoded):
    """flux-pro-finetuned, retired. Alone in this: its seed and format may be left out but not null."""

    image_fields: ClassVar[tuple[str, ...]] = ("image_prompt",)
    finetune_id: str
    finetune_strength: Strength = 1.1
    steps: Steps = 40
    guidance: Annotated[float, Field(ge=1.5, le=5)] = 2.5
    prompt: str = ""
    image_prompt: str | None = None
    width: Side32 = 1024
    height: Side32 = 768
    prompt_upsampling: bool = False
    seed: int = None  # type: ignore[assignment] # it may be left out, but null is refused
    safety_tolerance: Tolerance6 = 2
    output_format: OldFormat = OutputFormatJpegPng.JPEG


class Controlled(Encoded):
    """What the four retired operations with a control image share."""

    image_fields: ClassVar[tuple[str, ...]] = ("control_image", "preprocessed_image")
    seed: int | None = None
    output_format: OldFormat | None = OutputFormatJpegPng.JPEG
    safety_tolerance: Tolerance6 = 2


Threshold = Annotated[int, Field(ge=0, le=500)]
Guidance = Annotated[float, Field(ge=1, le=100)]


class CannyInputs(Controlled):
    """flux-pro-1.0-canny, retired."""

    prompt: str
    control_image: str | None = None
    preprocessed_image: str | None = None
    canny_low_threshold: Threshold | None = 50
    canny_high_threshold: Threshold | None = 200
    prompt_upsampling: bool | None = False
    steps: FineSteps | None = 50
    guidance: Guidance | None = 30


class DepthInputs(Controlled):
    """flux-pro-1.0-depth, retired."""

    prompt: str
    control_image: str | None = None
    preprocessed_image: str | None = None
    prompt_upsampling: bool | None = False
    steps: FineSteps | None = 50
    guidance: Guidance | None = 15


class FinetunedControl(Controlled):
    """What both finetuned operations with a control image share."""

    image_fields: ClassVar[tuple[str, ...]] = ("control_image",)
    finetune_id: str
    finetune_strength: Strength = 1.1
    prompt: str
    control_image: str
    prompt_upsampling: bool = False
    steps: FineSteps = 50


class FinetuneCannyInputs(FinetunedControl):
    """flux-pro-1.0-canny-finetuned, retired."""

    canny_low_threshold: Threshold | None = 50
    canny_high_threshold: Threshold | None = 200
    guidance: Guidance = 30


class FinetuneDepthInputs(FinetunedControl):
    """flux-pro-1.0-depth-finetuned, retired."""

    guidance: Guidance = 15
