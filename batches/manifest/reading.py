"""The file of a manifest -> Manifest, with every problem of its shape at once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pydantic import ValidationError

from batches.manifest.compose import compose
from batches.manifest.files import decode, read_bytes
from batches.manifest.manifest import Manifest, Row
from batches.manifest.problem import ManifestError, Place, Problem
from batches.manifest.shape import ManifestShape, OutputShape, PromptShape
from batches.manifest.words import problems_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from batches.manifest.document import Node


def read_manifest(path: Path) -> Manifest:
    """The manifest in this file, its prompt files read; raises ManifestError with all that is wrong."""
    file = str(path)
    raw = read_bytes(path, Place(file))
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
        rows=_rows(shape, root, path.parent),
        root=root,
    )


def _shaped(root: Node) -> ManifestShape:
    try:
        return ManifestShape.model_validate(root.value)
    except ValidationError as error:
        raise ManifestError(problems_of(error, root)) from None


def _rows(shape: ManifestShape, root: Node, folder: Path) -> tuple[Row, ...]:
    written = root.children["prompts"]
    nodes = [written] if isinstance(written.value, dict) else list(written.children.values())
    labels = _labels(root)
    rows: list[Row] = []
    problems: list[Problem] = []
    for prompt, node in zip(shape.prompts, nodes, strict=True):
        try:
            rows.extend(_rows_of(prompt, node, shape, labels, folder))
        except ManifestError as error:
            problems.extend(error.problems)
    problems.extend(_repeated_ids(rows))
    if problems:
        raise ManifestError(problems)
    return tuple(rows)


def _rows_of(
    prompt: PromptShape, node: Node, shape: ManifestShape, labels: Mapping[str, str], folder: Path
) -> Iterator[Row]:
    """The rows of one item: one, or one per line of its file."""
    labels = {**labels, **_labels(node)} if prompt.labels else labels
    seeds = tuple(prompt.seeds or shape.seeds or ())
    for text, place in _texts(prompt, node, folder):
        yield Row(
            prompt=text,
            id=prompt.id,
            model=prompt.model or shape.model,
            params=prompt.params or {},
            labels=labels,
            seeds=seeds,
            repeat=prompt.repeat or shape.repeat or 1,
            place=place,
            node=node,
        )


def _texts(prompt: PromptShape, node: Node, folder: Path) -> Iterator[tuple[str | None, Place]]:
    if prompt.from_ is None:
        yield prompt.prompt, node.place
        return
    for key in ("prompt", "id"):
        if key in node.keys:
            message = f"`{key}` cannot stand beside `from`"
            raise ManifestError([Problem(node.keys[key], message, "the file has a prompt in every line")])
    yield from _lines(folder / prompt.from_, node.children["from"].place)


def _lines(path: Path, asked_at: Place) -> Iterator[tuple[str, Place]]:
    """Every line of a prompt file that is not blank."""
    if path.suffix != ".txt":
        message = f"cannot read prompts from {path.name}"
        raise ManifestError([Problem(asked_at, message, "name a .txt file with one prompt a line")])
    text = decode(read_bytes(path, asked_at), str(path))
    lines = [(line.strip(), Place(str(path), number, 1)) for number, line in enumerate(text.split("\n"), 1)]
    if not any(prompt for prompt, _ in lines):
        raise ManifestError([Problem(asked_at, f"there is no prompt in {path}", "write one a line")])
    return ((prompt, place) for prompt, place in lines if prompt)


def _labels(node: Node) -> dict[str, str]:
    """Labels as written, so that `version: 1.10` does not become 1.1."""
    labels = node.find("labels")
    return {str(key): label.text for key, label in labels.children.items()} if labels else {}


def _repeated_ids(rows: list[Row]) -> Iterator[Problem]:
    first: dict[str, Row] = {}
    for row in rows:
        if row.id is not None and first.setdefault(row.id, row) is not row:
            place = row.node.children["id"].place
            message = f'the id "{row.id}" comes twice, first in the prompt at {first[row.id].place}'
            yield Problem(place, message, "give each prompt its own, or none")
