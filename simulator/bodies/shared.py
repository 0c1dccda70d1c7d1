"""Fields that many bodies share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, HttpUrl


class OutputFormat(StrEnum):
    """The formats an image can be delivered in."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"


class OutputFormatJpegPng(StrEnum):
    """The same before 2026; retired operations never learnt webp."""

    JPEG = "jpeg"
    PNG = "png"


# An enum arrives as text, which strict mode would refuse.
Format = Annotated[OutputFormat, Field(strict=False)]
OldFormat = Annotated[OutputFormatJpegPng, Field(strict=False)]
Tolerance4 = Annotated[int, Field(ge=0, le=4)]
Tolerance5 = Annotated[int, Field(ge=0, le=5)]
Tolerance6 = Annotated[int, Field(ge=0, le=6)]
Side = Annotated[int, Field(ge=64)]
Side32 = Annotated[int, Field(ge=256, le=1440, multiple_of=32)]
Steps = Annotated[int, Field(ge=1, le=50)]
FineSteps = Annotated[int, Field(ge=15, le=50)]
Strength = Annotated[float, Field(ge=0, le=2)]

FOUR_IMAGES = ("input_image", "input_image_2", "input_image_3", "input_image_4")


class ImageLimits(NamedTuple):
    """What an input image may be."""

    side: int = 64
    """Pixels of the shorter side, at least."""
    megapixels: int = 20
    """At most."""
    megabytes: int = 20
    """At most."""


class Body(BaseModel):
    """A submission. Strict: `"42"` is no integer, which BFL itself would let pass."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    image_fields: ClassVar[tuple[str, ...]] = ()
    """The fields that hold an image, in the order in which they are billed."""
    mask_field: ClassVar[str | None] = None
    """The field that must be as large as the first image."""
    video_field: ClassVar[str | None] = None
    """The field that holds a video."""
    draft_field: ClassVar[str | None] = None
    """The field that holds the bundle of an earlier draft."""
    image_limits: ClassVar[ImageLimits] = ImageLimits()
    """What its input images may be."""
    accepts_urls: ClassVar[bool] = True
    """Whether inputs may be URLs as well as base64."""

    def asked(self) -> Body:
        """The body proper, where one stands for several."""
        return self


class Hooked(Body):
    """A submission that may ask to be called back."""

    webhook_url: HttpUrl | None = None
    webhook_secret: str | None = None


class Attributed(Body):
    """A submission that may name the end user it is made for."""

    user: Annotated[str, Field(min_length=1, max_length=256)] | None = None
