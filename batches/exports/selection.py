"""Which of the jobs that a question takes are written: a sample of those that have a picture of their own."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from batches.exports.draws import LOTS, draw
from batches.store.images.similar import groups_of
from batches.store.ledger.exporting import export_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batches.exports.items import Spot
    from batches.exports.question import Question
    from batches.store.ledger import Ledger
    from batches.store.ledger.exporting import ExportLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is left out of the jobs that a question takes."""

    question: Question
    pictures: bool  #: whether those without a picture are, as a table has no need of any
    alike: frozenset[int] = frozenset()  #: rows of jobs whose picture looks like an earlier one
    bar: int = LOTS  #: lots below it are in the sample

    def is_pruned(self, line: ExportLine) -> bool:
        """Whether a job that had a picture has none to be written."""
        return self.pictures and line.image_key is None

    def has(self, line: ExportLine) -> bool:
        """Whether a job is written."""
        if self.is_pruned(line) or line.id in self.alike:
            return False
        return self.bar == LOTS or _lot(self.question, line) < self.bar


def select(ledger: Ledger, question: Question, *, pictures: bool) -> Selection:
    """Read the ledger once for what looks alike, and once for a number of samples."""
    selection = Selection(question=question, pictures=pictures)
    if question.unique:
        selection = replace(selection, alike=_alike(ledger, selection))
    return replace(selection, bar=_bar(ledger, selection))


def lines_of(
    ledger: Ledger, question: Question, after: Spot | None = None, *, with_cost: bool = False
) -> Iterator[ExportLine]:
    """The jobs that a question takes, in the order of its batches and their plans, before any is left out."""
    batches = question.batches[question.batches.index(after.batch) :] if after else question.batches
    for batch in batches:
        number = after.job if after and after.batch == batch else 0
        for line in export_lines(ledger, batch, question.states, after=number, with_cost=with_cost):
            if question.takes(line):
                yield line


def _alike(ledger: Ledger, selection: Selection) -> frozenset[int]:
    """All but the first of each group."""
    rows: list[int] = []
    looks: list[tuple[int, int]] = []
    for line in lines_of(ledger, selection.question):
        if line.dhash is not None and selection.has(line):
            looks.append((len(rows), line.dhash))
            rows.append(line.id)
    return frozenset(rows[place] for group in groups_of(looks) for place in group[1:])


def _bar(ledger: Ledger, selection: Selection) -> int:
    sample = selection.question.sample
    if sample is None:
        return LOTS
    if sample.part is not None:
        return int(sample.part * LOTS)
    lines = filter(selection.has, lines_of(ledger, selection.question))
    lowest = heapq.nsmallest(sample.count or 0, (_lot(selection.question, line) for line in lines))
    return lowest[-1] + 1 if lowest else 0


def _lot(question: Question, line: ExportLine) -> int:
    """By which a sample is drawn: the same for the same manifest, whenever it is run."""
    return draw("sample", str(question.batches.index(line.batch_id)), str(line.number), line.row_id)
