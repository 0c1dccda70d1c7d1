"""What pydantic found wrong, in our own words and with its place in the file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from batches.manifest.hints import Steps, hint
from batches.manifest.problem import Problem

if TYPE_CHECKING:
    from pydantic import ValidationError

    from batches.manifest.document import Node

SHOWN_CHARACTERS = 40

#: By pydantic's name for a finding: what is wrong, read after what it is about.
WORDS = {
    "missing": "is missing",
    "int_type": "must be a whole number, not {value}",
    "string_type": "must be text, not {value}",
    "list_type": "must be a list, not {value}",
    "dict_type": "must be a mapping of names to values, not {value}",
    "model_type": "must be a mapping, not {value}",
    "bool_type": "must be true or false, not {value}",
    "greater_than_equal": "must be at least {ge}, not {value}",
    "less_than_equal": "must be at most {le}, not {value}",
    "literal_error": "must be {expected}, not {value}",
    "string_pattern_mismatch": "must be lower-case letters, digits and dashes, not {value}",
    "string_too_long": "must have at most {max_length} characters, not {length}",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "one_amount": "must have one amount, in `credits` or in `dollars`",
    "value_error": "{error}, not {value}",
}


def problems_of(error: ValidationError, root: Node) -> list[Problem]:
    """Every finding as a problem."""
    return [_problem(found, root) for found in error.errors(include_url=False)]


def _problem(found: Mapping[str, Any], root: Node) -> Problem:
    kind, steps, value = found["type"], found["loc"], found["input"]
    told = hint(kind, steps, value)
    if kind == "extra_forbidden":
        place = root.nearest(*steps[:-1]).keys[steps[-1]]
        return Problem(place, f"unknown key `{steps[-1]}`", told)
    facts = {**found.get("ctx", {}), "value": _shown(value), "length": len(str(value))}
    message = f"{_subject(steps)} {WORDS[kind].format(**facts)}"
    return Problem(root.nearest(*steps).place, message, told)


def _subject(steps: Steps) -> str:
    """What a message is about: the manifest, prompt 3, value 2 of `seeds`."""
    match steps:
        case ():
            return "a manifest"
        case ("prompts", int(index)):
            return f"prompt {index + 1}"
        case (*_, "labels", key):
            return f"the label `{key}`"
        case (*_, "vars", key):
            return f"the variable `{key}`"
        case (*_, "resubmit", "part"):
            return "`resubmit`"
        case (*_, str(key), int(index)):
            return f"value {index + 1} of `{key}`"
        case _:
            return f"`{steps[-1]}`"


def _shown(value: object) -> str:
    """A value as a message quotes it: short, and in YAML's words."""
    match value:
        case None:
            return "nothing"
        case Mapping():
            return "a mapping"
        case list():
            return "a list"
        case str() if len(value) > SHOWN_CHARACTERS:
            return json.dumps(value[:SHOWN_CHARACTERS] + "…", ensure_ascii=False)
        case _:
            return json.dumps(value, ensure_ascii=False)
