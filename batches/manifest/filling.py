"""Parameters that differ from row to row: `input_image: "photos/{photo}.jpg"`."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from batches.manifest.problem import ManifestError, Problem
from batches.manifest.template import Template

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from batches.manifest.document import Node
    from batches.manifest.manifest import Item, Variant

#: What a text with braces becomes, and a list with such a text in it.
Form: TypeAlias = Template | tuple[Template, ...]


class Layers(NamedTuple):
    """The parameters that a manifest itself gives to the rows of an entry, nearer ones over farther ones."""

    plain: Mapping[str, object]  #: the same for every row
    forms: Mapping[str, Form]  #: to be filled in


def template_of(text: str, node: Node) -> Template:
    """This text as a template; raises ManifestError with its place."""
    try:
        return Template(text)
    except ValueError as error:
        raise ManifestError([Problem(node.place, *error.args)]) from None


def form_of(value: object, node: Node) -> object:
    """A form where there is anything to fill in, else the value itself."""
    match value:
        case str() if _has_braces(value):
            return template_of(value, node)
        case list() if any(map(_has_braces, value)) and all(isinstance(one, str) for one in value):
            return tuple(template_of(one, node.children[index]) for index, one in enumerate(value))
    return value


@lru_cache(maxsize=1000)
def layers(item: Item, variant: Variant) -> Layers:
    """The defaults, the variant over them and the entry over both: what is laid over does not come back."""
    written = {**item.defaults, **variant.params, **item.params}
    forms = {name: value for name, value in written.items() if isinstance(value, Template | tuple)}
    return Layers({name: value for name, value in written.items() if name not in forms}, forms)


def filled(
    forms: Mapping[str, Form], own: Container[str], variables: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Texts and lists with these variables; what the row says on its own, and what comes out blank, is left out."""
    texts: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    for name, form in forms.items():
        if name in own:
            continue
        if isinstance(form, tuple):
            lists[name] = [text for one in form if (text := one.fill(variables).strip())]
        elif text := form.fill(variables).strip():
            texts[name] = text
    return texts, {name: one for name, one in lists.items() if one}


def _has_braces(value: object) -> bool:
    return isinstance(value, str) and ("{" in value or "}" in value)
