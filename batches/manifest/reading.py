"""The file of a manifest -> Manifest, with every problem of its shape at once. No source is opened yet."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pydantic import ValidationError

from batches.manifest.compose import compose
from batches.manifest.files import decode, opened
from batches.manifest.manifest import Item, Manifest
from batches.manifest.problem import ManifestError, Place, Problem, Problems
from batches.manifest.shape import ManifestShape, OutputShape, PromptShape
from batches.manifest.sources import Source, sources_of
from batches.manifest.words import problems_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from batches.manifest.document import Node


def read_manifest(path: Path) -> Manifest:
    """The manifest in this file; raises ManifestError with what is wrong with its shape."""
    file = str(path)
    with opened(path, Place(file)) as page:
        raw = page.readall()
    root = compose(decode(raw, file), file)
    shape = _shaped(root)
    output = shape.output or OutputShape()
    return Manifest(
        path=path,
        sha256=hashlib.sha256(raw).hexdigest(),
        name=shape.name,
        params=shape.params or {},
        output_format=output.format,
        output_name=output.name,
        items=_items(shape, root, path.parent),
        root=root,
    )


def _shaped(root: Node) -> ManifestShape:
    try:
        return ManifestShape.model_validate(root.value)
    except ValidationError as error:
        raise ManifestError(problems_of(error, root)) from None


def _items(shape: ManifestShape, root: Node, folder: Path) -> tuple[Item, ...]:
    written = root.children["prompts"]
    nodes = [written] if isinstance(written.value, dict) else list(written.children.values())
    labels = _labels(root)
    problems = Problems()
    items: list[Item] = []
    for prompt, node in zip(shape.prompts, nodes, strict=True):
        problems.add_all(_misplaced(prompt, node))
        try:
            sources = tuple(sources_of(prompt.from_, node.children["from"], folder)) if prompt.from_ else ()
            items.append(_item(prompt, sources, node, shape, labels))
        except ManifestError as error:
            problems.take(error)
    problems.refuse()
    return tuple(items)


def _misplaced(prompt: PromptShape, node: Node) -> Iterator[Problem]:
    for key in ("prompt", "id"):
        if prompt.from_ is not None and key in node.keys:
            yield Problem(node.keys[key], f"`{key}` cannot stand beside `from`", "the file has a prompt in every line")


def _item(
    prompt: PromptShape, sources: tuple[Source, ...], node: Node, shape: ManifestShape, labels: Mapping[str, str]
) -> Item:
    return Item(
        prompt=prompt.prompt,
        sources=sources,
        id=prompt.id,
        model=prompt.model or shape.model,
        params=prompt.params or {},
        labels={**labels, **_labels(node)} if prompt.labels else labels,
        seeds=tuple(prompt.seeds or shape.seeds or ()),
        repeat=prompt.repeat or shape.repeat or 1,
        node=node,
    )


def _labels(node: Node) -> dict[str, str]:
    """Labels as written, so that `version: 1.10` does not become 1.1."""
    labels = node.find("labels")
    return {str(key): label.text for key, label in labels.children.items()} if labels else {}
