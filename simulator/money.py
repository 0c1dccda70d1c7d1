"""Credits as exact integers of micro-credits inside, and as JSON numbers at the door."""

from __future__ import annotations

from decimal import Decimal

MICRO = 1_000_000


def micro(credits_text: str | float) -> int:
    """`"4.5"` -> 4_500_000, exact: a float is read by its shortest text."""
    return int(Decimal(str(credits_text)) * MICRO)


def number(micro_credits: int) -> float:
    """`4_500_000` -> 4.5: the nearest float prints the exact decimal up to a billion credits."""
    return micro_credits / MICRO
