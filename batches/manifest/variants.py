"""`models`, `matrix` and `zip` -> variants: what every prompt is made with, once for each combination."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from batches.manifest.document import Node
from batches.manifest.filling import form_of
from batches.manifest.manifest import Variant
from batches.manifest.problem import ManifestError, Place, Problem, Problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Choice = Mapping[str, Node]  # what it sets: `model`, `params.steps`, or a variable
    Axis = Sequence[Choice]

MOST_VARIANTS = 10_000
"""Combinations of one manifest, before any is excluded."""

PARAMS = "params."

NO_VARIABLES = {"seed": "seeds", "seeds": "seeds", "repeat": "repeat", "params": "params.NAME", "labels": "labels"}
"""What does not vary here, and where it does."""


def variants_of(root: Node) -> tuple[Variant, ...]:
    """Every combination that is included and not excluded; one that sets nothing where nothing varies."""
    axes = [*_models(root), *_matrix(root), *_zip(root)]
    _refuse(_misnamed(root, axes))
    count = prod(map(len, axes))
    if count > MOST_VARIANTS:
        message = f"these are {count:,} combinations; a manifest has at most {MOST_VARIANTS:,}"
        raise ManifestError([Problem(root.nearest("matrix").place, message, "make several manifests of it")])
    every = [{name: node for choice in choices for name, node in choice.items()} for choices in product(*axes)]
    kept = _kept(root, every)
    if not kept:
        raise ManifestError([Problem(root.nearest("exclude").place, "no combination is left")])
    return tuple(map(_variant, kept))


def _models(root: Node) -> Iterator[Axis]:
    """A list of models, or a mapping that gives each its own parameters."""
    if not (models := root.find("models")) or not models.children:
        return
    if models.keys:
        yield [
            {"model": Node(name, models.keys[str(name)], str(name)), **_prefixed(params)}
            for name, params in models.children.items()
        ]
    else:
        yield [{"model": node} for node in models.children.values()]


def _prefixed(params: Node) -> dict[str, Node]:
    return {f"{PARAMS}{name}": node for name, node in params.children.items()}


def _matrix(root: Node) -> Iterator[Axis]:
    if matrix := root.find("matrix"):
        for name, values in matrix.children.items():
            yield [{str(name): node} for node in values.children.values()]


def _zip(root: Node) -> Iterator[Axis]:
    if not (zipped := root.find("zip")) or not zipped.children:
        return
    names = [str(name) for name in zipped.children]
    columns = [list(values.children.values()) for values in zipped.children.values()]
    for name, column in zip(names, columns, strict=True):
        if len(column) != len(columns[0]):
            message = f"`{name}` has {len(column)} values and `{names[0]}` has {len(columns[0])}"
            raise ManifestError([Problem(zipped.keys[name], message, "`zip` pairs them; `matrix` crosses them")])
    yield [dict(zip(names, nodes, strict=True)) for nodes in zip(*columns, strict=True)]


def _misnamed(root: Node, axes: Iterable[Axis]) -> Iterator[Problem]:
    """What two of them set, what cannot vary, and what a variable cannot hold."""
    taken: dict[str, Place] = {}
    if root.find("model"):
        taken["model"] = root.children["model"].place
    for axis in axes:
        here = {name: node.place for choice in axis for name, node in choice.items()}
        for name, place in here.items():
            if name in taken:
                yield Problem(place, f"`{name}` is set here and at {taken[name]}", "keep one of them")
            if name in NO_VARIABLES:
                yield Problem(place, f"`{name}` does not vary here", f"write `{NO_VARIABLES[name]}`")
        taken.update(here)
        for choice in axis:
            for name, node in choice.items():
                if not name.startswith(PARAMS) and (node.children or node.value is None):
                    yield Problem(node.place, f"`{name}` must be text or a number")


def _kept(root: Node, every: list[dict[str, Node]]) -> list[dict[str, Node]]:
    include, exclude = _matchers(root, "include", every), _matchers(root, "exclude", every)
    return [
        combination
        for combination in every
        if (not include or any(_matches(one, combination) for one in include))
        and not any(_matches(one, combination) for one in exclude)
    ]


def _matchers(root: Node, key: str, every: list[dict[str, Node]]) -> list[Mapping[str | int, Node]]:
    """Mappings that each stand for the combinations with these values; each must stand for one at least."""
    written = root.find(key)
    found = list(written.children.values()) if written else []
    known = {name for combination in every for name in combination}
    problems = Problems()
    for one in found:
        strangers = [name for name in one.children if name not in known]
        for name in strangers:
            near = get_close_matches(str(name), sorted(known), n=1)
            hint = f'did you mean "{near[0]}"?' if near else "it names what `models`, `matrix` and `zip` vary"
            problems.add(Problem(one.keys[str(name)], f"nothing called `{name}` varies", hint))
        if not strangers and not any(_matches(one.children, combination) for combination in every):
            problems.add(Problem(one.place, "no combination is like this", "check the values"))
    problems.refuse()
    return [one.children for one in found]


def _matches(wanted: Mapping[str | int, Node], combination: Mapping[str, Node]) -> bool:
    return all(
        (found := combination.get(str(name))) is not None and (found.value, found.text) == (node.value, node.text)
        for name, node in wanted.items()
    )


def _variant(combination: Mapping[str, Node]) -> Variant:
    return Variant(
        model=combination["model"].text if "model" in combination else None,
        params={
            name[len(PARAMS) :]: form_of(node.value, node)
            for name, node in combination.items()
            if name.startswith(PARAMS)
        },
        vars={name: node.text for name, node in combination.items()},
        places={tuple(name.split(".", 1)): node.place for name, node in combination.items()},
    )


def _refuse(found: Iterable[Problem]) -> None:
    problems = Problems()
    problems.add_all(found)
    problems.refuse()
