"""How to mend what is wrong with the shape of a manifest, where the message does not say it already."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias, get_args
from zoneinfo import available_timezones

from batches.manifest.output_shape import CheckShape, OutputShape
from batches.manifest.policy_shape import (
    BudgetShape,
    CanaryShape,
    ModerationShape,
    PolicyShape,
    ResubmitShape,
    UnsureShape,
)
from batches.manifest.shape import ManifestShape, PromptShape
from batches.manifest.values import Format
from batches.policy import BudgetMode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import BaseModel

#: The keys and indexes that lead to a value, from the top.
Steps: TypeAlias = tuple[str | int, ...]

#: By the keys that lead to it: the shape that stands there. Elsewhere are prompts.
SHAPES: Mapping[Steps, type[BaseModel]] = {
    (): ManifestShape,
    ("output",): OutputShape,
    ("output", "check"): CheckShape,
    ("policy",): PolicyShape,
    ("policy", "budget"): BudgetShape,
    ("policy", "unsure"): UnsureShape,
    ("policy", "unsure", "resubmit"): ResubmitShape,
    ("policy", "canary"): CanaryShape,
    ("policy", "moderation"): ModerationShape,
}

BEGINNINGS = {
    "version": "write `version: 1`",
    "name": "give the batch one, such as `name: hello`",
    "prompts": "say what to draw, one prompt an item",
}


def hint(kind: str, steps: Steps, value: object) -> str:
    """The cure for a finding of pydantic's kind, or nothing."""
    match kind, steps:
        case "missing", (str(key),):
            return BEGINNINGS[key]
        case "missing", (*_, "first"):
            return "say how many jobs go ahead, such as `first: 20`"
        case "extra_forbidden", (*_, str(key)):
            return _stranger(key, steps)
        case "value_error", (*_, "from"):
            return "such as `from: prompts.csv`"
        case "value_error", ("prompts", *_):
            return "a prompt is a text, or a mapping with `prompt` or `from`"
        case "literal_error", (*_, "format"):
            return _guess(str(value), get_args(Format))
        case "literal_error", (*_, "mode"):
            return _guess(str(value), BudgetMode)
        case "value_error", (*_, "time_zone"):
            return _guess(str(value), available_timezones())
        case "bool_type", _ if str(value).lower() in {"yes", "on"}:
            return "write `true`"
        case "bool_type", _ if str(value).lower() in {"no", "off"}:
            return "write `false`"
        case "string_type", _ if isinstance(value, int | float):
            return "put quotes around it"
    return ""


def _stranger(key: str, steps: Steps) -> str:
    if " " in key:
        return 'put quotes around a text that has ": " in it'
    shape = SHAPES.get(steps[:-1], PromptShape)
    names = [field.alias or name for name, field in shape.model_fields.items()]
    return _guess(key, names) or _elsewhere(key, shape, names)


def _elsewhere(key: str, shape: type[BaseModel], names: list[str]) -> str:
    if shape is ManifestShape and key in PolicyShape.model_fields:
        return "it goes under `policy`"
    if shape in {ManifestShape, PromptShape}:
        return "parameters go under `params`"
    *rest, last = (f"`{name}`" for name in names)
    return f"{', '.join(rest)} and {last} go here" if rest else f"{last} goes here"


def _guess(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), n=1)
    return f'did you mean "{near[0]}"?' if near else ""
