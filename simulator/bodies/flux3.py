"""FLUX 3: image, video, and the video tools. All of them refuse fields they do not know."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, RootModel, StringConstraints, model_validator

from simulator.bodies.shared import Attributed, Body, Hooked, ImageLimits, Tolerance4

LIMITS = ImageLimits(side=256, megapixels=16)
Ratio = Literal[
    "21:9",
    "2:1",
    "16:9",
    "3:2",
    "7:5",
    "4:3",
    "5:4",
    "1:1",
    "4:5",
    "3:4",
    "5:7",
    "2:3",
    "9:16",
    "1:2",
    "9:21",
]
VideoRatio = Literal["21:9", "2:1", "16:9", "4:3", "1:1", "3:4", "9:16", "9:21"]
VideoResolution = Literal["hd", "fhd", "qhd", "uhd"]
# A pair arrives as a list, which strict mode would refuse.
Timed = Annotated[tuple[float, str], Field(strict=False)]


class Flux3ImageInputs(Body):
    """flux-3-image: no seed, no format, no webhook."""

    model_config = ConfigDict(extra="forbid")

    image_fields: ClassVar[tuple[str, ...]] = ("images",)
    image_limits: ClassVar[ImageLimits] = LIMITS
    prompt: str
    images: str | list[str] | None = None
    aspect_ratio: Ratio | Literal["auto"] = "auto"
    resolution: Literal["768sq", "1k", "1.5k", "2k", "4k"] = "1k"
    safety_tolerance: Tolerance4 = 2
    grounding: bool = True
    version: Literal["latest"] = "latest"

    @model_validator(mode="after")
    def _one_to_ten_images(self) -> Self:
        if isinstance(self.images, list) and not 1 <= len(self.images) <= 10:
            raise ValueError("images takes one to ten references")
        return self


class VideoBody(Attributed):
    """What every video operation shares."""

    model_config = ConfigDict(extra="forbid")

    safety_tolerance: Tolerance4 = 2


class Flux3Video(VideoBody):
    """What every generation of flux-3-video shares."""

    prompt: str
    aspect_ratio: VideoRatio | Literal["auto"] = "auto"
    duration: Annotated[int, Field(ge=5, le=20)] | Literal["auto"] = "auto"
    resolution: VideoResolution = "hd"
    version: Literal["latest"] = "latest"
    generate_audio: bool = True
    draft: bool = False


class Flux3VideoT2VInputs(Flux3Video):
    """From text alone."""

    mode: Literal["t2v"]


class Flux3VideoI2VInputs(Flux3Video):
    """From one to ten frames, timed or not."""

    image_fields: ClassVar[tuple[str, ...]] = ("keyframes",)
    image_limits: ClassVar[ImageLimits] = LIMITS
    mode: Literal["i2v"]
    keyframes: str | Timed | list[str] | list[Timed]

    @model_validator(mode="after")
    def _one_to_ten_frames(self) -> Self:
        if not isinstance(self.keyframes, list):
            return self
        if not 1 <= len(self.keyframes) <= 10:
            raise ValueError("keyframes takes one to ten images")
        times = [frame[0] for frame in self.keyframes if isinstance(frame, tuple)]
        if times != sorted(times):
            raise ValueError("keyframes must be in the order of their times")
        if len(self.keyframes) > 2 and not times and self.duration == "auto":
            raise ValueError("three or more keyframes without times need a duration")
        return self


class Flux3VideoV2VInputs(Flux3Video):
    """The continuation of another video."""

    video_field: ClassVar[str | None] = "start_video"
    mode: Literal["v2v"]
    start_video: str
    duration: Annotated[int, Field(ge=5, le=15)] | Literal["auto"] = "auto"


class Flux3VideoDraftEnhanceInputs(VideoBody):
    """The full video of an earlier draft."""

    draft_field: ClassVar[str | None] = "draft_cache"
    mode: Literal["draft_enhance"]
    draft_cache: str
    resolution: VideoResolution = "fhd"


MODES = {
    "text-to-video": "t2v",
    "image-continuation": "i2v",
    "video-continuation": "v2v",
    "draft-enhance": "draft_enhance",
}


_VideoMode = Annotated[
    Flux3VideoT2VInputs | Flux3VideoI2VInputs | Flux3VideoV2VInputs | Flux3VideoDraftEnhanceInputs,
    Field(discriminator="mode"),
]


class Flux3VideoInputsBody(RootModel[_VideoMode]):
    """flux-3-video: one of four bodies, told apart by their mode."""

    @model_validator(mode="before")
    @classmethod
    def _short_mode(cls, fields: object) -> object:
        """The spelled-out names of the modes are accepted too."""
        if isinstance(fields, dict) and fields.get("mode") in MODES:
            return fields | {"mode": MODES[fields["mode"]]}
        return fields

    def asked(self) -> Body:
        """The one that was sent."""
        return self.root


class Flux3VideoUpscaleInputs(VideoBody, Hooked):
    """flux-tools/video-upscale-v1."""

    video_field: ClassVar[str | None] = "input_video"
    input_video: str
    prompt: str = ""
    creativity: Literal[0, 1] = 1
    upscale_factor: Annotated[float, Field(ge=1.5, le=3)] = 2.0
    webhook_secret: Annotated[str, Field(json_schema_extra={"format": "password", "writeOnly": True})] | None = None


class Flux3VideoVE2VNamedInputs(VideoBody):
    """flux-tools/video-edit-v1."""

    video_field: ClassVar[str | None] = "video"
    video: str
    prompt: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4096)]
