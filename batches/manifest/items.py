"""The entries of `prompts` -> items, with the defaults filled in."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from batches.manifest.filling import form_of, template_of
from batches.manifest.manifest import Item, Variant
from batches.manifest.problem import ManifestError, Problem, Problems
from batches.manifest.sources import sources_of
from batches.manifest.template import Template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from batches.manifest.document import Node
    from batches.manifest.shape import ManifestShape, PromptShape
    from batches.manifest.sources import Source

    Params = Mapping[str, object]


def items_of(shape: ManifestShape, root: Node, variant: Variant, folder: Path, *, confined: bool) -> tuple[Item, ...]:
    """Every entry; all variants set what this one does. Raises ManifestError with what is wrong with any of them."""
    written = root.children["prompts"]
    nodes = [written] if isinstance(written.value, dict) else list(written.children.values())
    defaults = cache(partial(_params, shape.params, root))
    find = partial(sources_of, folder=folder, confined=confined)
    problems = Problems()
    items: list[Item] = []
    for prompt, node in zip(shape.prompts, nodes, strict=True):
        try:
            problems.add_all(_set_twice(node, variant))
            items.append(_item(prompt, node, shape, root, find=find, defaults=defaults))
        except ManifestError as error:
            problems.take(error)
    problems.refuse()
    return tuple(items)


def _set_twice(node: Node, variant: Variant) -> Iterator[Problem]:
    """What an entry says although it varies: every variant would be the same."""
    for steps, place in variant.places.items():
        own = node.find(*steps) or node.find("vars", *steps)
        if own:
            yield Problem(own.place, f"`{'.'.join(steps)}` is set here and varies at {place}", "keep one of them")


def _item(
    prompt: PromptShape,
    node: Node,
    shape: ManifestShape,
    root: Node,
    *,
    find: Callable[[Iterable[str], Node], Iterator[Source]],
    defaults: Callable[[bool], Params],
) -> Item:
    variables = {**_texts(root, "vars"), **_texts(node, "vars")}
    fillable = bool(variables or prompt.from_ or shape.models or shape.matrix or shape.zip)
    labels = {name: _filled(label.text, label, fillable) for name, label in _nodes(root, node, "labels").items()}
    return Item(
        sources=tuple(find(prompt.from_, node.children["from"])) if prompt.from_ else (),
        prompt=_filled(prompt.prompt, node.find("prompt") or node, fillable) if prompt.prompt else None,
        default_prompt=template_of(shape.prompt, root.children["prompt"]) if shape.prompt else None,
        id=_filled(prompt.id, node.children["id"], fillable) if prompt.id else None,
        model=prompt.model or shape.model,
        defaults=defaults(fillable),
        params=_params(prompt.params, node, fillable),
        labels={name: label.fill({}) for name, label in labels.items() if not label.names},
        label_templates={name: label for name, label in labels.items() if label.names},
        seeds=prompt.seeds or shape.seeds or (),
        repeat=prompt.repeat or shape.repeat or 1,
        vars=variables,
        node=node,
    )


def _filled(text: str, node: Node, fillable: bool) -> Template:  # noqa: FBT001  # the sentence below says it
    """A text of the manifest: a template where there is anything to fill in, so that elsewhere braces are braces."""
    return template_of(text, node) if fillable else Template.literal(text)


def _params(written: Params | None, node: Node, fillable: bool) -> Params:  # noqa: FBT001  # as above
    """What stands under `params` of the manifest or of an entry, with a form for each text to fill in."""
    if not written or not fillable:
        return written or {}
    nodes = _nodes(node, node, "params")
    return {name: form_of(value, nodes[name]) for name, value in written.items()}


def _nodes(root: Node, node: Node, key: str) -> dict[str, Node]:
    """What stands under this key, the entry's own before the default."""
    found = (one.find(key) for one in (root, node))
    return {str(name): child for one in found if one for name, child in one.children.items()}


def _texts(node: Node, key: str) -> Mapping[str, str]:
    """As written, so that `version: 1.10` does not become 1.1."""
    return {name: child.text for name, child in _nodes(node, node, key).items()}
