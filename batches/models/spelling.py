"""What a misspelt name was probably meant to be."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """As in `did you mean "height"?` for `Heigth`, or nothing when no known word is near."""
    near = get_close_matches(word.lower(), list(known), n=1)
    return f'did you mean "{near[0]}"?' if near else ""
