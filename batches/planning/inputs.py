"""The input images of a request: files are found and measured, URLs are left for BFL to fetch.

What a request sends of a file is a reference, `{"file": …, "sha256": …}`; the worker reads it when it submits.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from batches.manifest import InputImage
from batches.models import Kind
from batches.models.kinds import MOST_IMAGES
from batches.planning.checks import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from batches.manifest import InputImages
    from batches.models import Endpoint, Parameter

    Params = Mapping[str, object]

URL = re.compile(r"https?://\S+")

BYTES = re.compile(r"data:.*|[\w+/=\s-]{200,}|.{4097,}", re.DOTALL)
"""A data URI, base64 of even the smallest picture, or more than any path."""

NAMES_TOLD = 3
"""How many files a message lists."""


class Inputs(NamedTuple):
    """Parameters whose files were read, and what is wrong with them."""

    params: Params  #: as asked for, with an `InputImage` for every file
    findings: list[Finding]


def read_inputs(endpoint: Endpoint, params: Params, images: InputImages) -> Inputs:
    """Every input image that these parameters name."""
    read: dict[str, object] = dict(params)
    findings: list[Finding] = []
    for field in endpoint.parameters:
        if field.kind in {Kind.IMAGE, Kind.IMAGES} and field.name in params:
            try:
                read[field.name] = _read(field, params[field.name], images)
            except ValueError as error:
                message, *hint = error.args
                findings.append(Finding(("params", field.name), f"`{field.name}`: {message}", *hint))
    return Inputs(read, [*findings, *_sizes(endpoint, read)])


def references(params: Params) -> dict[str, object]:
    """What the ledger keeps: where each file lies, and what it held."""
    return _spelt(params, lambda image: {"file": image.path, "sha256": image.sha256})


def digests(params: Params) -> dict[str, object]:
    """What tells requests apart: the same bytes under another name are the same request."""
    return _spelt(params, lambda image: {"sha256": image.sha256})


def pixels(endpoint: Endpoint, params: Params) -> tuple[int | None, ...]:
    """Of each image, in the order of the endpoint; None where it is not here to be measured."""
    return tuple(image.pixels if isinstance(image, InputImage) else None for image in endpoint.images(params))


def _read(field: Parameter, value: object, images: InputImages) -> object:
    """What a value of this field stands for; the endpoint itself refuses what is no text."""
    several = field.kind is Kind.IMAGES
    texts = [text for text in (value if several and isinstance(value, list) else [value]) if isinstance(text, str)]
    names = [name for text in texts for name in _names(text, images)]
    if len(names) > max(len(texts), MOST_IMAGES if several else 1):
        told = ", ".join(names[:NAMES_TOLD]) + (" …" if len(names) > NAMES_TOLD else "")
        wanted = f"at most {MOST_IMAGES} are" if several else "one is"
        raise ValueError(f"{len(names)} files match {', '.join(texts)}: {told}", f"{wanted} wanted here")
    found = [name if URL.fullmatch(name) else images.read(name) for name in names]
    if not found:
        return value
    return found if several else found[0]


def _names(text: str, images: InputImages) -> Sequence[str]:
    if URL.fullmatch(text):
        return [text]
    if BYTES.fullmatch(text):
        raise ValueError("this is a picture as text", "a manifest names files or URLs: write it into a file")
    if "://" in text:
        raise ValueError(f"{text} is no http(s) URL", "name a file, or a URL that BFL can fetch")
    if names := images.files(text):
        return names
    raise ValueError(f"no file matches {text}", "paths are relative to the manifest")


def _sizes(endpoint: Endpoint, params: Params) -> Iterator[Finding]:
    for field in (field for field in endpoint.parameters if field.same_size_as):
        one, other = params.get(field.name), params.get(str(field.same_size_as))
        if isinstance(one, InputImage) and isinstance(other, InputImage) and _size(one) != _size(other):
            message = f"`{field.name}`: {one.name} has {_size(one)} pixels and {other.name} {_size(other)}"
            yield Finding(("params", field.name), message, f"make it as large as `{field.same_size_as}`")


def _size(image: InputImage) -> str:
    return f"{image.width}x{image.height}"


def _spelt(params: Params, spell: Callable[[InputImage], object]) -> dict[str, object]:
    def one(value: object) -> object:
        return spell(value) if isinstance(value, InputImage) else value

    return {name: list(map(one, value)) if isinstance(value, list) else one(value) for name, value in params.items()}
