"""What a body brings along (images, a video, a draft): fetched, really decoded and measured."""

from __future__ import annotations

import asyncio
import base64
import binascii
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from simulator import drafts, mp4
from simulator.loopback import is_loopback
from simulator.refusals import Refusal
from simulator.sizes import Size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.bodies.shared import Body
    from simulator.company import Company

MEGABYTE = 1024 * 1024
MOST_DECODED = 20_000_000
"""Pixels; what is larger is refused for its size, wherever it is sent."""
CORRUPTED = "Invalid or corrupted image input"


@dataclass(frozen=True, slots=True)
class Inputs:
    """The measures of everything that was brought along."""

    images: tuple[Size, ...] = ()
    """In the order in which they are billed."""
    clip: mp4.Clip | None = None
    """The video to continue, edit or upscale."""
    draft: drafts.Draft | None = None
    """The draft to enhance."""


async def inputs_of(body: Body, company: Company) -> Inputs:
    """Everything in the body, measured; refused when something is no good."""
    images = tuple([await _image(body, value, company) for value in _images(body)])
    mask = getattr(body, body.mask_field) if body.mask_field else None
    if mask is not None and await _image(body, mask, company) != images[0]:
        raise Refusal(400, "The mask must have the same dimensions as the image")
    return Inputs(images, await _clip(body, company), await _draft(body, company))


def _images(body: Body) -> Iterator[str]:
    for name in body.image_fields:
        yield from _flat(getattr(body, name))


def _flat(value: object) -> Iterator[str]:
    """The images among a string, a list of them, or pairs of second and image."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _flat(part)


async def _image(body: Body, value: str, company: Company) -> Size:
    limits = body.image_limits
    encoded = await _bytes(value, company, urls=body.accepts_urls)
    if len(encoded) > limits.megabytes * MEGABYTE:
        raise Refusal(400, f"An input image may have at most {limits.megabytes} MB")
    size = await asyncio.to_thread(_decoded, encoded)
    if min(size) < limits.side:
        raise Refusal(422, f"An input image must have at least {limits.side}x{limits.side} pixels")
    if size.pixels > limits.megapixels * 1_000_000:
        raise Refusal(400, f"An input image may have at most {limits.megapixels} megapixels")
    return size


async def _clip(body: Body, company: Company) -> mp4.Clip | None:
    if body.video_field is None:
        return None
    encoded = await _bytes(getattr(body, body.video_field), company, urls=True)
    if len(encoded) > 50 * MEGABYTE:
        raise Refusal(400, "An input video may have at most 50 MB")
    try:
        return mp4.measured(encoded)
    except mp4.NotMp4:
        raise Refusal(400, "Invalid or corrupted video input") from None


async def _draft(body: Body, company: Company) -> drafts.Draft | None:
    if body.draft_field is None:
        return None
    try:
        return drafts.opened(await _bytes(getattr(body, body.draft_field), company, urls=True))
    except drafts.NotADraft:
        raise Refusal(400, "Invalid draft_cache") from None


async def _bytes(value: str, company: Company, *, urls: bool) -> bytes:
    """Base64, with or without a data URI around it, or what a URL leads to."""
    if value.startswith(("http://", "https://")) and urls:
        return await _fetched(value, company)
    text = value.partition(",")[2] if value.startswith("data:") else value
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(400, CORRUPTED) from None


async def _fetched(url: str, company: Company) -> bytes:
    if not is_loopback(url):
        raise Refusal(400, "The simulator fetches inputs from this machine only")
    content = await company.outside.fetched(url)
    if content is None:
        raise Refusal(400, "Could not download the input")
    return content


def _decoded(encoded: bytes) -> Size:
    try:
        with Image.open(io.BytesIO(encoded), formats=("JPEG", "PNG", "WEBP")) as image:
            size = Size(*image.size)
            if size.pixels <= MOST_DECODED:
                image.load()
            return size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Refusal(400, CORRUPTED) from None
