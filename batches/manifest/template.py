"""Texts with `{names}` to fill in, and nothing more: no formats, no attributes, no code."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PIECES = re.compile(r"%|\{\{|\}\}|\{[^{}]*\}|[{}]")

NAMES_TOLD = 10
"""How many variables a message lists."""


class Template:
    """`{subject} at {time}`, read once and filled in for each row. `{{` and `}}` stand for braces."""

    def __init__(self, text: str) -> None:
        """Raises ValueError, with what is wrong and the cure, for a brace left alone."""
        self.text = text
        names: list[str] = []
        self._form = PIECES.sub(lambda piece: _printf(piece, names), text)
        self.names = tuple(names)  #: in their order, repeated ones too

    @classmethod
    def literal(cls, text: str) -> Template:
        """A text to be taken as it is."""
        return cls(text.replace("{", "{{").replace("}", "}}"))

    def fill(self, variables: Mapping[str, str]) -> str:
        """The text with these values; raises ValueError, with the cure, where one is missing."""
        try:
            return self._form % tuple(map(variables.__getitem__, self.names))
        except KeyError as error:
            raise ValueError(*_missing(error.args[0], tuple(variables))) from None


def _printf(piece: re.Match[str], names: list[str]) -> str:
    """The piece as Python's `%` operator writes it; a name goes to `names`."""
    match piece[0]:
        case "%":
            return "%%"
        case "{{" | "}}":
            return piece[0][0]
        case "{" | "}" | "{}":
            raise ValueError("a brace is left open or closed alone", "write {{ or }} where a brace is meant")
    names.append(piece[0][1:-1])
    return "%s"


@lru_cache(maxsize=100)
def _missing(name: str, variables: tuple[str, ...]) -> tuple[str, str]:
    """What is wrong and the cure; a million rows may miss the same."""
    if near := get_close_matches(name, variables, n=1):
        hint = f'did you mean "{near[0]}"?'
    else:
        known = ", ".join(variables[:NAMES_TOLD])
        hint = f"variables are {known}" if known else "write it under `vars`"
    return f"there is no variable {{{name}}} here", hint
