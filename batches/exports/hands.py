"""What a format is given to work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.exports.columns import Column
    from batches.exports.errors import PictureLost
    from batches.exports.question import Question
    from batches.exports.survey import Survey
    from batches.store.images import ImageStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """Two stores, and what is to go from one to the other."""

    source: ImageStore  #: where the pictures are
    place: ImageStore  #: where the dataset goes
    question: Question  #: what was asked
    survey: Survey  #: what it comes to
    columns: tuple[Column, ...]  #: what is told of each item
    copies: bool  #: whether pictures are never linked
    lose: Callable[[PictureLost], None]  #: leaves a picture out, or raises what it is given
