"""The file of a manifest -> Manifest, with every problem of its shape at once. No source is opened yet."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pydantic import ValidationError

from batches.manifest.compose import compose
from batches.manifest.files import decode, opened
from batches.manifest.filling import template_of
from batches.manifest.items import items_of
from batches.manifest.manifest import Manifest, Pick
from batches.manifest.output_shape import OutputShape
from batches.manifest.policies import policy_of
from batches.manifest.policy_shape import PolicyShape
from batches.manifest.problem import ManifestError, Place
from batches.manifest.shape import ManifestShape
from batches.manifest.variants import variants_of
from batches.manifest.words import problems_of

if TYPE_CHECKING:
    from pathlib import Path

    from batches.manifest.document import Node


def read_manifest(path: Path) -> Manifest:
    """The manifest in this file; raises ManifestError with what is wrong with its shape."""
    with opened(path, Place(str(path))) as page:
        raw = page.readall()
    return manifest_in(raw, path)


def manifest_in(raw: bytes, path: Path, *, confined: bool = False) -> Manifest:
    """The manifest that these bytes would be in a file of this path.

    `confined` is for the text of somebody who may not read what this process may: all files it names lie in the
    folder of the path, or below.
    """
    file = str(path)
    text = decode(raw, file)
    root = compose(text, file)
    shape = _shaped(root)
    variants = variants_of(root)
    items = items_of(shape, root, variants[0], path.parent, confined=confined)
    output = shape.output or OutputShape()
    return Manifest(
        path=path,
        is_confined=confined,
        sha256=hashlib.sha256(raw).hexdigest(),
        text=text,
        name=shape.name,
        output_format=output.format,
        output_name=template_of(output.name, root.nearest("output", "name")),
        seed=shape.name if shape.seed is None else str(shape.seed),
        items=items,
        variants=variants,
        pick=_pick(shape),
        accounts=tuple(shape.account or ()),
        reuse=shape.reuse,
        policy=policy_of(shape.policy or PolicyShape(), output, root),
        root=root,
    )


def _pick(shape: ManifestShape) -> Pick:
    seed = shape.name if shape.seed is None else str(shape.seed)
    shuffle = seed if shape.shuffle is True else str(shape.shuffle)
    return Pick(
        sample=shape.sample,
        sample_seed=f"sample {seed}",
        shuffle_seed=f"shuffle {shuffle}" if shape.shuffle or type(shape.shuffle) is int else None,
        limit=shape.limit,
    )


def _shaped(root: Node) -> ManifestShape:
    try:
        return ManifestShape.model_validate(root.value)
    except ValidationError as error:
        raise ManifestError(problems_of(error, root)) from None
