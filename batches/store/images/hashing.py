"""What a picture looks like, in 64 bits: pictures that differ in few of them look alike.

It is the difference hash: the picture as 9 x 8 greys, and for each of the 64 pairs of neighbours whether it gets
darker from left to right. Scaling, compression and a change of brightness move few of these bits.
"""

from __future__ import annotations

from itertools import pairwise
from typing import cast

from PIL import Image

BITS = 64
WIDTH, HEIGHT = 9, 8

ALIKE = 2
"""Levels of 256 that one colour may vary by, because a JPEG is never quite even."""


def small(image: Image.Image) -> Image.Image:
    """All there is to see of a picture, in 72 pixels. The rest works on these."""
    plain = image if image.mode in {"L", "RGB"} else image.convert("RGB")
    return plain.resize((WIDTH, HEIGHT), Image.Resampling.BOX, reducing_gap=2.0)


def difference_hash(thumbnail: Image.Image) -> int:
    """The hash, as the signed number that databases have 64 bits for."""
    greys = thumbnail.convert("L").tobytes()
    rows = (greys[begin : begin + WIDTH] for begin in range(0, len(greys), WIDTH))
    bits = "".join(str(int(left > right)) for row in rows for left, right in pairwise(row))
    return signed(int(bits, 2))


def is_even(image: Image.Image) -> bool:
    """Whether it has one colour everywhere."""
    found = image.getextrema()
    bands = cast("tuple[tuple[int, int], ...]", found if isinstance(found[0], tuple) else (found,))
    return all(high - low <= ALIKE for low, high in bands)


def signed(bits: int) -> int:
    """64 bits as a number from -2**63 on."""
    return bits - (1 << BITS) if bits >> (BITS - 1) else bits


def distance(one: int, other: int) -> int:
    """In how many of the 64 bits two hashes differ."""
    return ((one ^ other) & ((1 << BITS) - 1)).bit_count()
