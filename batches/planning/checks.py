"""What can be wrong between a row and its model; all of it at once, none of it raised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batches.models import Endpoint, UnknownModel, find

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batches.manifest import Row


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend, not yet placed: the row may say it itself or have it from the defaults."""

    steps: tuple[str, ...]  #: the keys that lead to it, from the row or from the top
    message: str  #: what is wrong
    hint: str = ""  #: how to mend it


def endpoint_of(row: Row) -> Endpoint | Finding:
    """The endpoint that makes this row's images, or why there is none."""
    if row.model is None:
        return Finding(("model",), "no model is named", "name one here, or one for all at the top")
    try:
        endpoint = find(row.model)
    except UnknownModel as error:
        return Finding(("model",), error.message.removesuffix("."), error.cure.removesuffix("."))
    if endpoint.produces != "image":
        return Finding(("model",), f"{row.model} makes no images", "`fluxbatch models` lists those that do")
    return endpoint


def findings(
    row: Row, endpoint: Endpoint, params: Mapping[str, object], wanted_format: str | None
) -> Iterator[Finding]:
    """All that keeps these parameters, with the row's prompt and seeds, from being sent."""
    yield from _prompt(row, endpoint, params)
    yield from _seeds(row, endpoint, params)
    yield from _format(params, wanted_format)
    yield from _values(row, endpoint, params, wanted_format)


def with_format(endpoint: Endpoint, params: Mapping[str, object], wanted: str | None) -> dict[str, object]:
    """The parameters, with the format wanted of every model where this one offers a choice."""
    told = wanted is not None and endpoint.takes("output_format")
    return {"output_format": wanted, **params} if told else dict(params)


def _prompt(row: Row, endpoint: Endpoint, params: Mapping[str, object]) -> Iterator[Finding]:
    if "prompt" in params:
        yield Finding(("params", "prompt"), "`prompt` is not set here", "write it into `prompts`")
    if row.prompt is not None and not endpoint.takes("prompt"):
        yield Finding(("prompt",), f"{endpoint.name} takes no prompt", "leave it out and write an `id`")


def _seeds(row: Row, endpoint: Endpoint, params: Mapping[str, object]) -> Iterator[Finding]:
    if row.seeds and not endpoint.takes("seed"):
        yield Finding(("seeds",), f"{endpoint.name} takes no seed", "`repeat` makes several of one prompt")
    if row.seeds and "seed" in params:
        yield Finding(("params", "seed"), "`seed` is set here and in `seeds`", "keep one of them")


def _format(params: Mapping[str, object], wanted: str | None) -> Iterator[Finding]:
    """Two places may name the format, as long as they agree."""
    named = params.get("output_format", wanted)
    if wanted is not None and named != wanted:
        message = f"`output_format` is {named} here and {wanted} in `output`"
        yield Finding(("params", "output_format"), message, "keep one of them")


def _values(row: Row, endpoint: Endpoint, params: Mapping[str, object], wanted_format: str | None) -> Iterator[Finding]:
    """What the model says. None limits prompts or seeds, so those of one row stand for all of its kind."""
    body = with_format(endpoint, params, wanted_format)
    body.pop("prompt", None)
    if row.prompt is not None and endpoint.takes("prompt"):
        body["prompt"] = row.prompt
    for problem in endpoint.check(body):
        told = problem.message.removesuffix(".")
        message = told if endpoint.name in told else f"{told} for {endpoint.name}"
        yield Finding(_steps(problem.name, params), message, problem.hint)


def _steps(name: str, params: Mapping[str, object]) -> tuple[str, ...]:
    if name in params:
        return ("params", name)
    return ("output", "format") if name == "output_format" else (name,)
