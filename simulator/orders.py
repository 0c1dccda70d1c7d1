"""A body, read: what it asks for, how large, how dear. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic_core import PydanticSerializationError

from simulator.prices import Made
from simulator.refusals import Refusal

if TYPE_CHECKING:
    from simulator.bodies.shared import Body
    from simulator.catalog import Endpoint
    from simulator.inputs import Inputs
    from simulator.sizes import Size

PIXELS_PER_REPORTED_MEGAPIXEL = 1_000_000
"""What `input_mp` and `output_mp` count in; prices count in 1024 x 1024."""
HOOKS = {"webhook_url", "webhook_secret"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one submission asks for."""

    endpoint: Endpoint
    """Where it was sent."""
    prompt: str
    """Empty where there is none."""
    seed: int | None
    """None leaves it to the company."""
    digest: str
    """The same for the same body at the same endpoint, webhooks apart."""
    size: Size
    """Pixels of the result."""
    seconds: float
    """How long the result runs; 0 for an image."""
    format: str
    """jpeg, png, webp or mp4."""
    draft: bool
    """Whether the result comes with a bundle to enhance it later."""
    price: int
    """Micro-credits, due when it is ready."""
    input_mp: float | None
    """Megapixels of all input images, where the endpoint quotes them."""
    output_mp: float | None
    """Megapixels of the result, where the endpoint quotes them."""
    finetune_id: str | None
    """The finetuned model it is made with."""
    webhook_url: str | None
    """Whom to call back."""
    webhook_secret: str | None
    """What proves that the call is ours."""


def read(endpoint: Endpoint, body: Body, inputs: Inputs) -> Order:
    """What this valid body asks for, given the measures of what it brings along."""
    digest = _digest(endpoint.name, body)
    fields = body.model_dump(mode="json")
    endpoint.check(fields, inputs)
    made = Made(fields, endpoint.size(fields, inputs), endpoint.length(fields, inputs), inputs.images)
    draft = inputs.draft
    return Order(
        endpoint=endpoint,
        prompt=draft.prompt if draft else fields.get("prompt") or "",
        seed=draft.seed if draft else fields.get("seed"),
        digest=digest,
        size=made.size,
        seconds=made.seconds,
        format="mp4" if made.seconds else fields.get("output_format") or "jpeg",
        draft=bool(fields.get("draft")),
        price=endpoint.price.of(made),
        input_mp=_megapixels(sum(size.pixels for size in inputs.images)) if endpoint.quotes else None,
        output_mp=_megapixels(made.size.pixels) if endpoint.quotes else None,
        finetune_id=fields.get("finetune_id"),
        webhook_url=fields.get("webhook_url"),
        webhook_secret=fields.get("webhook_secret"),
    )


def _digest(name: str, body: Body) -> str:
    try:
        text = body.model_dump_json(exclude=HOOKS)
    except PydanticSerializationError:
        raise Refusal(422, "The body is no valid Unicode: it holds half of a surrogate pair") from None
    return hashlib.sha256(f"{name} {text}".encode()).hexdigest()[:32]


def _megapixels(pixels: int) -> float:
    return round(pixels / PIXELS_PER_REPORTED_MEGAPIXEL, 2)
