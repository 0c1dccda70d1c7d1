"""How to mend what is wrong with the shape of a manifest, where the message does not say it already."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias, get_args

from batches.manifest.shape import ManifestShape, OutputShape, PromptShape
from batches.manifest.values import Format

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel

#: The keys and indexes that lead to a value, from the top.
Steps: TypeAlias = tuple[str | int, ...]

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
        case "extra_forbidden", (*_, str(key)):
            return _stranger(key, steps)
        case "value_error", (*_, "from"):
            return "such as `from: prompts.csv`"
        case "value_error", ("prompts", *_):
            return "a prompt is a text, or a mapping with `prompt` or `from`"
        case "literal_error", (*_, "format"):
            return _guess(str(value), get_args(Format))
        case "string_type", _ if isinstance(value, int | float):
            return "put quotes around it"
    return ""


def _stranger(key: str, steps: Steps) -> str:
    if " " in key:
        return 'put quotes around a text that has ": " in it'
    shape = _shape(steps)
    names = [field.alias or name for name, field in shape.model_fields.items()]
    otherwise = "`format` and `name` go here" if shape is OutputShape else "parameters go under `params`"
    return _guess(key, names) or otherwise


def _shape(steps: Steps) -> type[BaseModel]:
    """The shape that the last step is a stranger to."""
    if len(steps) == 1:
        return ManifestShape
    return OutputShape if steps[0] == "output" else PromptShape


def _guess(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), n=1)
    return f'did you mean "{near[0]}"?' if near else ""
