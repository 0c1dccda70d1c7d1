"""The deed: a question is carried out at a place, or gone on with where it was cut off."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from batches.exports.captions import with_caption
from batches.exports.columns import columns_of
from batches.exports.draws import ALL
from batches.exports.errors import PictureLost
from batches.exports.formats import kind_of
from batches.exports.hands import Hands
from batches.exports.items import items_of
from batches.exports.stream import Stream, ahead, lots_of
from batches.exports.survey import survey
from batches.exports.tenure import Tenure, page_for

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from batches.exports.formats.seam import Format
    from batches.exports.items import Item
    from batches.exports.page import Page
    from batches.exports.question import Question
    from batches.store.images import ImageStore
    from batches.store.ledger import Ledger

T = TypeVar("T")

THREADS = 4
"""Fetch ahead. On one disk two would do; a bucket answers each in its own time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How an export is carried out; what comes of it is the same."""

    copies: bool = False  #: pictures are never linked
    skips: bool = False  #: lost pictures are left out
    again: bool = False  #: what is there by the same question is written anew


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an export is."""

    items: int  #: that are written
    total: int  #: that there are
    bytes: int  #: of their pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an export came to."""

    page: Page  #: as it stands at the place
    is_new: bool  #: False: it was done before


def export(
    ledger: Ledger,
    source: ImageStore,
    place: ImageStore,
    question: Question,
    *,
    manner: Manner,
    clock: Callable[[], float],
    told: Callable[[Progress], None],
) -> Outcome:
    """Write what a question asks for. Raises ExportRefused, PictureLost, SettingError or ImageStoreError.

    Cut off at any moment, the same question goes on after its last finished shard.
    """
    form_of, found = kind_of(question.format).make, survey(ledger, question)
    page = page_for(place, question, found, again=manner.again, now=clock())
    if page.finished:
        return Outcome(page=page, is_new=False)
    hands = Hands(
        source=source, place=place, question=question, survey=found, columns=columns_of(found.labels),
        copies=manner.copies, lose=_nothing if manner.skips else _raise,
    )  # fmt: skip
    with Tenure(place, page, clock) as tenure:
        _Run(ledger, hands, tenure, told).write(form_of(hands))
    return Outcome(page=page, is_new=True)


class _Run:
    """One process at an export."""

    def __init__(self, ledger: Ledger, hands: Hands, tenure: Tenure, told: Callable[[Progress], None]) -> None:
        self._ledger, self._hands, self._tenure, self._told = ledger, hands, tenure, told
        self._items = tenure.page.items
        self._bytes = sum(shard.bytes for shard in tenure.page.shards)

    def write(self, form: Format[T]) -> None:
        """All that is still to be written."""
        is_table = kind_of(self._hands.question.format).is_table
        for split in (ALL,) if is_table else self._hands.survey.counts:
            self._write_split(form, split)
        files = {}
        for key, data in form.beside(self._tenure.page.shards):
            self._hands.place.put(key, data)
            files[key] = hashlib.sha256(data).hexdigest()
        self._tenure.finish(files)

    def _write_split(self, form: Format[T], split: str) -> None:
        written = self._tenure.page.of(split)
        items = items_of(
            self._ledger, self._hands.question, bar=self._hands.survey.bar, digits=self._hands.survey.digits,
            split=split, after=written[-1].last if written else None,
        )  # fmt: skip
        lots = lots_of(items, lambda item: item.line.bytes or 0)
        with closing(self._watched(ahead(lots, partial(self._fetched, form), THREADS))) as watched:
            stream, number = Stream(watched), len(written)
            while stream.next is not None:
                self._tenure.add(form.write(stream, split, number))
                number += 1

    def _fetched(self, form: Format[T], item: Item) -> tuple[Item, T] | PictureLost:
        """An item with its caption and what the format needs. A lost one is judged where its turn comes."""
        try:
            captioned = with_caption(item, self._hands.question.caption, self._hands.source)
            return captioned, form.fetch(captioned)
        except PictureLost as error:
            return error

    def _watched(self, fetched: Iterator[tuple[Item, T] | PictureLost]) -> Generator[tuple[Item, T]]:
        """Those that are not lost; it is told how far they are."""
        for one in fetched:
            if isinstance(one, PictureLost):
                self._hands.lose(one)
                continue
            self._items, self._bytes = self._items + 1, self._bytes + (one[0].line.bytes or 0)
            self._told(Progress(self._items, self._hands.survey.total, self._bytes))
            self._tenure.renew_in_time()
            yield one


def _raise(error: PictureLost) -> None:
    raise error


def _nothing(error: PictureLost) -> None:
    """It is missed when all is counted."""
