"""What is exported: the jobs of the ledger that a question takes, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from batches.exports.draws import ALL, LOTS, draw
from batches.planning.names import slug
from batches.store.ledger.exporting import export_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batches.exports.question import Question
    from batches.store.ledger import Ledger
    from batches.store.ledger.exporting import ExportLine


class Spot(NamedTuple):
    """How far an export has come in a split."""

    batch: str  #: of the last job that is written
    job: int  #: its number
    place: int  #: of the next item in the split


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A job on its way into a dataset."""

    line: ExportLine
    split: str  #: which part of the dataset it belongs to
    place: int  #: in that part, from 0
    name: str  #: of its files, without an ending; no other item has it
    caption: str  #: the text that goes with the picture

    @property
    def spot(self) -> Spot:
        """How far an export has come that ends with it."""
        return Spot(self.line.batch_id, self.line.number, self.place + 1)

    @property
    def key(self) -> str:
        """Of its picture in the image store."""
        assert self.line.image_key is not None  # formats with pictures are given done jobs
        return self.line.image_key

    @property
    def ending(self) -> str:
        """Of the picture's file: png, webp, or jpg, which more readers know than jpeg."""
        ending = self.key.rpartition(".")[2]
        return "jpg" if ending == "jpeg" else ending

    @property
    def file(self) -> str:
        """Of the picture in the dataset."""
        return f"{self.name}.{self.ending}"


def lines_of(
    ledger: Ledger, question: Question, after: Spot | None = None, *, with_cost: bool = False
) -> Iterator[ExportLine]:
    """The jobs that a question takes, in the order of its batches and their plans, before any sample is drawn."""
    batches = question.batches[question.batches.index(after.batch) :] if after else question.batches
    for batch in batches:
        number = after.job if after and after.batch == batch else 0
        for line in export_lines(ledger, batch, question.states, after=number, with_cost=with_cost):
            if question.takes(line):
                yield line


def lot_of(question: Question, line: ExportLine) -> int:
    """By which a sample is drawn: the same for the same manifest, whenever it is run."""
    return draw("sample", str(question.batches.index(line.batch_id)), str(line.number), line.row_id)


def items_of(
    ledger: Ledger, question: Question, *, bar: int, digits: int, split: str, after: Spot | None
) -> Iterator[Item]:
    """The items of a split, or of all, whose lots are below the bar; `after` is where they begin."""
    place = after.place if after else 0
    for line in lines_of(ledger, question, after, with_cost=True):
        if (bar == LOTS or lot_of(question, line) < bar) and (split == ALL or question.split(line) == split):
            yield Item(
                line=line,
                split=question.split(line) if split == ALL else split,
                place=place,
                name=_name(line, digits, alone=len(question.batches) == 1),
                caption=str(line.params.get("prompt", "")),
            )
            place += 1


def _name(line: ExportLine, digits: int, *, alone: bool) -> str:
    """`0001-fox`, and with its batch before it where there are several. It has no dot, at which tar readers cut it."""
    words = slug(line.row_id)
    batch = "" if alone else f"{line.batch_id.replace('.', '-')}-"
    number = f"{line.number:0{digits}}"
    return f"{batch}{number}-{words}" if words and words != str(line.number) else f"{batch}{number}"
