"""Lots that fall the same way every time: by the words they are drawn for, and not by chance. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from batches.errors import SettingError

LOTS = 1 << 64
"""A lot is a number below this."""

WORD = re.compile(r"[A-Za-z0-9_]+")
"""What the name of a split may be, so that it is a folder and a word everywhere."""


def draw(purpose: str, *words: str) -> int:
    """The lot of these words. Lots for different purposes have nothing to do with each other."""
    text = "\0".join((purpose, *words)).encode(errors="surrogatepass")
    return int.from_bytes(hashlib.sha256(text).digest()[:8])


@dataclass(frozen=True, slots=True)
class Sample:
    """How many are taken: a number of them, or a part of all."""

    said: str  #: as a person said it
    count: int | None = None  #: so many
    part: Decimal | None = None  #: such a part, above 0 and at most 1


@dataclass(frozen=True, slots=True)
class Splits:
    """The names that the pictures of a dataset are divided among, each with its part."""

    shares: tuple[tuple[str, Decimal], ...]  #: which come to 1

    @property
    def names(self) -> tuple[str, ...]:
        """In the order in which they were said."""
        return tuple(name for name, _ in self.shares)

    def of(self, key: str) -> str:
        """The split in which everything with this key is."""
        if len(self.shares) == 1:
            return self.names[0]
        lot, bar = draw("split", key), Decimal(0)
        for name, share in self.shares[:-1]:
            bar += share * LOTS
            if lot < bar:
                return name
        return self.names[-1]


ALL = ""
"""In the place of a split: all of them, where one file has them."""

UNDIVIDED = Splits((("train", Decimal(1)),))
"""Those who read datasets expect this name where there is one part alone."""


def sample_of(text: str) -> Sample:
    """`500` or `10%`. Raises SettingError for what is neither."""
    if text.isdecimal() and int(text):
        return Sample(text, count=int(text))
    part = _number(text.removesuffix("%")) / 100
    if not text.endswith("%") or not 0 < part <= 1:
        raise SettingError(f"--sample cannot be {text!r}.", cure="Say a number of pictures, or a part of them: 10%.")
    return Sample(text, part=part)


def splits_of(text: str) -> Splits:
    """`train=0.8,val=0.1,test=0.1`. Raises SettingError for what does not come to 1."""
    shares = tuple(_share(one) for one in text.split(","))
    names = [name for name, _ in shares]
    if sum(share for _, share in shares) != 1 or len(set(names)) < len(names):
        raise SettingError(
            f"--split {text!r} does not divide the whole.",
            cure="Name each split once, with parts that come to 1: train=0.8,val=0.1,test=0.1.",
        )
    return Splits(shares)


def _share(text: str) -> tuple[str, Decimal]:
    name, _, said = text.strip().partition("=")
    share = _number(said)
    if not WORD.fullmatch(name) or not 0 < share <= 1:
        raise SettingError(
            f"--split cannot have {text!r}.", cure="Say a name of letters and digits and its part: train=0.8."
        )
    return name, share


def _number(text: str) -> Decimal:
    """0, which nobody can mean, for what is no number."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return Decimal(0)
    return number if number.is_finite() else Decimal(0)
