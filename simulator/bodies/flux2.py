"""FLUX.2 and the image tools built on it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from simulator.bodies.shared import (
    FOUR_IMAGES,
    Attributed,
    Format,
    Hooked,
    OutputFormat,
    Side,
    Steps,
    Tolerance5,
)

LARGEST = 4 * 1024 * 1024
EIGHT_IMAGES = (*FOUR_IMAGES, "input_image_5", "input_image_6", "input_image_7", "input_image_8")


class Flux2(Attributed, Hooked):
    """What every FLUX.2 generation shares."""

    image_fields: ClassVar[tuple[str, ...]] = FOUR_IMAGES
    prompt: str
    input_image: str | None = None
    input_image_2: str | None = None
    input_image_3: str | None = None
    input_image_4: str | None = None
    seed: int | None = None
    width: Side | None = None
    height: Side | None = None
    safety_tolerance: Tolerance5 = 2
    output_format: Format | None = OutputFormat.JPEG

    @model_validator(mode="after")
    def _at_most_four_megapixels(self) -> Self:
        if (self.width or 1024) * (self.height or 1024) > LARGEST:
            raise ValueError("the output may have at most 4 megapixels")
        return self


class Flux2KleinInputs(Flux2):
    """flux-2-klein-4b, flux-2-klein-9b and its preview."""


class Flux2KleinFinetunedInputs(Flux2):
    """The klein operations with an uploaded LoRA."""

    finetune_id: str
    finetune_strength: float = 1.0


class Flux2Eight(Flux2):
    """FLUX.2 with up to eight reference images."""

    image_fields: ClassVar[tuple[str, ...]] = EIGHT_IMAGES
    input_image_5: str | None = None
    input_image_6: str | None = None
    input_image_7: str | None = None
    input_image_8: str | None = None


class Flux2Inputs(Flux2Eight):
    """flux-2-pro, flux-2-max and the pro preview."""

    disable_pup: bool = False


class Flux2FlexInputs(Flux2Eight):
    """flux-2-flex."""

    prompt_upsampling: bool | None = True
    input_image_blob_path: str | None = None
    guidance: Annotated[float, Field(ge=1.5, le=10)] | None = 5.0
    steps: Steps | None = 50


class FluxOutpaintingInputs(Attributed):
    """flux-tools/outpainting-v1, which knows no webhooks and no seed."""

    model_config = ConfigDict(extra="forbid")

    image_fields: ClassVar[tuple[str, ...]] = ("input_image",)
    input_image: str
    width: Side
    height: Side
    auto_crop: bool = False
    safety_tolerance: Tolerance5 = 2
    output_format: Format | None = OutputFormat.PNG
    prompt: str | None = None
    reference_offset_x: int | None = None
    reference_offset_y: int | None = None
    mode: Literal["high", "fast"] = "high"
    disable_pup: bool = False

    @model_validator(mode="after")
    def _at_most_four_megapixels(self) -> Self:
        if self.width * self.height > LARGEST:
            raise ValueError("the canvas may have at most 4 megapixels")
        return self


class Retouched(Attributed, Hooked):
    """What the tools that follow their input image share."""

    seed: int | None = None
    safety_tolerance: Tolerance5 = 2
    output_format: Format | None = OutputFormat.PNG


class Flux2DeblurInputs(Retouched):
    """flux-tools/deblur-v1."""

    image_fields: ClassVar[tuple[str, ...]] = ("image",)
    image: str


class Flux2EraseInputs(Retouched):
    """flux-tools/erase-v1."""

    image_fields: ClassVar[tuple[str, ...]] = ("image",)
    mask_field: ClassVar[str | None] = "mask"
    image: str
    mask: str
    dilate_pixels: Annotated[int, Field(ge=0, le=25)] = 10


class Flux2KleinTryonInputs(Retouched):
    """flux-tools/vto-v1 and vto-v2."""

    image_fields: ClassVar[tuple[str, ...]] = ("person", "garment")
    prompt: str
    person: str
    garment: str
    output_format: Format | None = OutputFormat.JPEG
