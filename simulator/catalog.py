"""Every operation that makes something, as one table: what it takes, how large, how dear, how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from simulator import checks, lengths, sizes
from simulator.bodies import flux1, flux2, flux3
from simulator.bodies.finetunes import FinetuneInputs
from simulator.prices import ByField, ByIterations, Flat, PerMegapixel, PerMegapixelSecond, PerSecond, Price

if TYPE_CHECKING:
    from simulator.bodies.shared import Body
    from simulator.checks import Check
    from simulator.lengths import LengthRule
    from simulator.sizes import SizeRule

Lane = Literal["standard", "kontext-max", "video"]
LIMITS: dict[Lane, int] = {"standard": 24, "kontext-max": 6, "video": 5}
"""How many active tasks a key may have in each class of limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One operation."""

    name: str
    """The path after /v1/."""
    body: type[Body | flux3.Flux3VideoInputsBody]
    """What it takes."""
    size: SizeRule
    """How large its result is."""
    price: Price
    """What its result costs."""
    seconds: float
    """Median time from acceptance to the end at speed 1."""
    length: LengthRule = lengths.still
    """How long its result runs."""
    check: Check = checks.nothing
    """What it asks of its inputs."""
    lane: Lane = "standard"
    """The class of limit its tasks count in."""
    quotes: bool = False
    """Whether the answer to a submission says `cost`, `input_mp` and `output_mp`; else they are null."""
    reasons: bool = False
    """Whether its tasks pass through the status Reasoning."""
    link_seconds: int = 600
    """How long a delivery link lives at speed 1."""
    hooked: bool = True
    """Whether the specification lists the answer for webhook users, too."""
    retired: bool = False
    """Whether it has left the published specification."""


PRO = PerMegapixel("3", "1.5")
KLEIN_4B = PerMegapixel("1.4", "0.1")
KLEIN_9B = PerMegapixel("1.5", "0.2")
FLUX3 = ByField("resolution", {"768sq": "4.1", "1k": "4.8", "1.5k": "7", "2k": "10", "4k": "60.7"})

VIDEO = PerSecond(
    screens={"hd": "17", "fhd": "29", "qhd": "40", "uhd": "80"},
    draft="6",
    continued={"hd": "41", "fhd": "53", "qhd": "65", "uhd": "95"},
    continued_draft="12",
)


def _flux2(name: str, body: type[Body], price: PerMegapixel, seconds: float) -> Endpoint:
    return Endpoint(name=name, body=body, size=sizes.flux2, price=price, seconds=seconds, quotes=True)


def _klein_lora(name: str, price: PerMegapixel) -> Endpoint:
    return _flux2(name, flux2.Flux2KleinFinetunedInputs, price, 3.5)


def _flux1(name: str, body: type[Body], size: SizeRule, price: str, seconds: float) -> Endpoint:
    return Endpoint(name=name, body=body, size=size, price=Flat(price), seconds=seconds)


def _retired(name: str, body: type[Body], size: SizeRule, price: str) -> Endpoint:
    return Endpoint(name=name, body=body, size=size, price=Flat(price), seconds=6, retired=True)


def _tool(name: str, body: type[Body], size: SizeRule, price: Price, seconds: float) -> Endpoint:
    return Endpoint(name=f"flux-tools/{name}", body=body, size=size, price=price, seconds=seconds, quotes=True)


_VIDEO: dict[str, Any] = {"lane": "video", "reasons": True, "link_seconds": 7200}


_ALL = (
    _flux2("flux-2-pro", flux2.Flux2Inputs, PRO, 12.7),
    _flux2("flux-2-pro-preview", flux2.Flux2Inputs, PRO, 10),
    _flux2("flux-2-max", flux2.Flux2Inputs, PerMegapixel("7", "3"), 38),
    _flux2("flux-2-flex", flux2.Flux2FlexInputs, PerMegapixel("5", "5"), 7.7),
    _flux2("flux-2-klein-4b", flux2.Flux2KleinInputs, KLEIN_4B, 2.5),
    _flux2("flux-2-klein-9b", flux2.Flux2KleinInputs, KLEIN_9B, 3.5),
    _flux2("flux-2-klein-9b-preview", flux2.Flux2KleinInputs, KLEIN_9B, 3.5),
    _klein_lora("flux-2-klein-4b-finetuned", KLEIN_4B),
    _klein_lora("flux-2-klein-9b-finetuned", KLEIN_9B),
    _klein_lora("flux-2-klein-9b-kv-finetuned", KLEIN_9B),
    _klein_lora("flux-2-klein-9b-kv-bf16-finetuned", KLEIN_9B),
    _klein_lora("flux-2-klein-base-4b-finetuned", KLEIN_4B),
    _klein_lora("flux-2-klein-base-9b-finetuned", KLEIN_9B),
    Endpoint(
        name="flux-3-image",
        body=flux3.Flux3ImageInputs,
        size=sizes.flux3,
        price=FLUX3,
        seconds=15,
        reasons=True,
        link_seconds=3600,
        hooked=False,
    ),
    _flux1("flux-dev", flux1.FluxDevInputs, sizes.as_asked, "2.5", 4.7),
    _flux1("flux-pro-1.1", flux1.FluxPro11Inputs, sizes.as_asked, "4", 2.4),
    _flux1("flux-pro-1.1-ultra", flux1.FluxUltraInput, sizes.ultra, "6", 12.3),
    _flux1("flux-pro-1.1-ultra-finetuned", flux1.FinetuneFluxUltraInput, sizes.ultra, "6", 12.3),
    _flux1("flux-pro-1.0-fill", flux1.FluxProFillInputs, sizes.like_image, "5", 4.5),
    _flux1("flux-pro-1.0-fill-finetuned", flux1.FinetuneFluxProFillInputs, sizes.like_image, "5", 4.5),
    _flux1("flux-pro-1.0-expand", flux1.FluxProExpandInputs, sizes.expanded, "5", 14),
    _flux1("flux-kontext-pro", flux1.FluxKontextProInputs, sizes.kontext, "4", 7.6),
    Endpoint(
        name="flux-kontext-max",
        body=flux1.FluxKontextProInputs,
        size=sizes.kontext,
        price=Flat("8"),
        seconds=7.5,
        lane="kontext-max",
    ),
    _tool("erase-v1", flux2.Flux2EraseInputs, sizes.like_image, Flat("3"), 2.3),
    _tool("deblur-v1", flux2.Flux2DeblurInputs, sizes.like_image, Flat("3"), 2.3),
    Endpoint(
        name="flux-tools/outpainting-v1",
        body=flux2.FluxOutpaintingInputs,
        size=sizes.as_asked,
        price=ByField("mode", {"fast": "4.5", "high": "20"}),
        seconds=18,
        check=checks.on_canvas,
        quotes=True,
    ),
    _tool("vto-v1", flux2.Flux2KleinTryonInputs, sizes.like_image, Flat("4.75"), 5.7),
    _tool("vto-v2", flux2.Flux2KleinTryonInputs, sizes.up_to_four_megapixels, Flat("4.75"), 5.7),
    Endpoint(
        name="flux-3-video",
        body=flux3.Flux3VideoInputsBody,
        size=sizes.video,
        length=lengths.as_asked,
        price=VIDEO,
        seconds=90,
        **_VIDEO,
    ),
    Endpoint(
        name="flux-tools/video-edit-v1",
        body=flux3.Flux3VideoVE2VNamedInputs,
        size=sizes.like_clip,
        length=lengths.like_clip,
        price=Flat("15"),
        seconds=80,
        **_VIDEO,
    ),
    Endpoint(
        name="flux-tools/video-upscale-v1",
        body=flux3.Flux3VideoUpscaleInputs,
        size=sizes.upscaled,
        length=lengths.like_clip,
        price=PerMegapixelSecond(("7.5", "10.5")),
        seconds=45,
        check=checks.upscalable,
        **_VIDEO,
    ),
    _retired("flux-pro", flux1.FluxProInputs, sizes.as_asked, "5"),
    _retired("flux-pro-1.0-canny", flux1.CannyInputs, sizes.like_image, "5"),
    _retired("flux-pro-1.0-depth", flux1.DepthInputs, sizes.like_image, "5"),
    _retired("flux-pro-finetuned", flux1.FluxProFinetuneInputs, sizes.as_asked, "6"),
    _retired("flux-pro-1.0-canny-finetuned", flux1.FinetuneCannyInputs, sizes.like_image, "6"),
    _retired("flux-pro-1.0-depth-finetuned", flux1.FinetuneDepthInputs, sizes.like_image, "6"),
)

FINETUNE = Endpoint(
    name="finetune",
    body=FinetuneInputs,
    size=sizes.nothing,
    price=ByIterations(),
    seconds=600,
    retired=True,
)
"""Has a route of its own, for it makes a model and no result."""

ENDPOINTS: dict[str, Endpoint] = {endpoint.name: endpoint for endpoint in _ALL}
