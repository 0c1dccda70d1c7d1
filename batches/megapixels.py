"""Megapixels as people and BFL's answers count them: 1,000,000 pixels. Prices have one of their own (models.sizes)."""

from __future__ import annotations

PIXELS = 1_000_000


def megapixels(pixels: int) -> float:
    """`2_073_600` -> 2.0736."""
    return pixels / PIXELS


def show_megapixels(pixels: int) -> str:
    """For people: `2.07`."""
    return f"{megapixels(pixels):,.2f}"
