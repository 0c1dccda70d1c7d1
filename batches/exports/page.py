"""`export.json`: what an export was asked, how far it has come, and that it is done."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from batches.exports.claim import Claim
from batches.exports.errors import ExportRefused
from batches.exports.items import Spot
from batches.money import cost_json
from batches.store.images import ImageMissing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batches.exports.items import Item
    from batches.exports.question import Question
    from batches.exports.survey import Survey
    from batches.store.images import Draft, ImageStore

KEY = "export.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A part of a dataset that is written whole: a file, or a folder of pictures."""

    split: str  #: which it belongs to, or ALL
    key: str  #: of the file or folder
    items: int  #: pictures, or lines of a table
    bytes: int  #: of all its files
    sha256: str  #: of the file, or of a folder's table
    settled: int  #: micro-credits that its items cost, as far as BFL said it
    unknown: int  #: of their attempts, the ones nobody said the cost of
    last: Spot  #: up to where it goes


class Tally:
    """What goes into a shard, while it is written."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.items = self._settled = self._unknown = 0
        self._last: Spot | None = None

    def add(self, item: Item) -> None:
        """It is in."""
        self.items += 1
        self._settled += item.line.cost.settled or 0
        self._unknown += item.line.cost.unknown
        self._last = item.spot

    def skip(self, item: Item) -> None:
        """It is left out, and the shard is beyond it."""
        self._last = item.spot

    def shard(self, split: str, key: str, draft: Draft, *, beside: int = 0) -> Shard:
        """All of it, in this file and in so many bytes beside it."""
        assert self._last is not None  # no shard is empty
        return Shard(
            split=split, key=key, items=self.items, bytes=draft.size + beside, sha256=draft.sha256,
            settled=self._settled, unknown=self._unknown, last=self._last,
        )  # fmt: skip


@dataclass(slots=True)
class Page:
    """How far an export has come, as it stands at its place."""

    question: Mapping[str, object]  #: as JSON has it
    question_sha256: str
    selected: Mapping[str, Any]  #: what the ledger had for it
    claim: Claim | None = None  #: who is at it
    shards: list[Shard] = field(default_factory=list)  #: in the order in which they were written
    files: Mapping[str, str] = field(default_factory=dict)  #: SHA-256 of what lies beside them, by key
    finished: bool = False

    def as_json(self) -> dict[str, object]:
        """For programs, and for those who go on."""
        return {
            "question": self.question,
            "question_sha256": self.question_sha256,
            "selected": self.selected,
            "finished": self.finished,
            "items": self.items,
            "bytes": sum(shard.bytes for shard in self.shards),
            "skipped": self.skipped,
            "cost": cost_json(sum(shard.settled for shard in self.shards)),
            "cost_unknown": sum(shard.unknown for shard in self.shards),
            "claim": self.claim and asdict(self.claim),
            "shards": [{**asdict(shard), "last": shard.last._asdict()} for shard in self.shards],
            "files": self.files,
        }

    @property
    def items(self) -> int:
        """Pictures, or lines of a table, that are written."""
        return sum(shard.items for shard in self.shards)

    @property
    def skipped(self) -> int:
        """Pictures that were lost, and left out; it shows once all is written."""
        wanted: int = self.selected["items"]
        return wanted - self.items if self.finished else 0

    @property
    def splits(self) -> Mapping[str, int]:
        """The items that the ledger had for each split."""
        told: Mapping[str, int] = self.selected["splits"]
        return told

    def of(self, split: str) -> Sequence[Shard]:
        """The shards of a split."""
        return [shard for shard in self.shards if shard.split == split]


def new_page(question: Question, survey: Survey) -> Page:
    """Of an export that begins."""
    return Page(json.loads(json.dumps(question.as_json())), question.sha256, selected(survey))


def selected(survey: Survey) -> Mapping[str, Any]:
    """By which it shows whether the ledger still has the same for a question."""
    return {"items": survey.total, "splits": dict(survey.counts), "bytes": survey.bytes, "sha256": survey.sha256}


def read_page(place: ImageStore) -> Page | None:
    """The page at a place; None where nothing is. Raises ExportRefused for a place with anything else."""
    try:
        return _page(json.loads(place.get(KEY)))
    except ImageMissing:
        pass
    except (ValueError, TypeError, KeyError):
        raise ExportRefused(
            f"{place.locate(KEY)} was not written by this version of fluxbatch.", cure="Name another place with --to."
        ) from None
    if foreign := next(iter(place.listing()), None):
        raise ExportRefused(
            f"The place of the export is not empty: it has {place.locate(foreign.key)}.",
            cure="Name a place with --to that is new or empty.",
        )
    return None


def keep_page(place: ImageStore, page: Page) -> None:
    """Write it."""
    place.put(KEY, (json.dumps(page.as_json(), indent=2, ensure_ascii=False) + "\n").encode(errors="backslashreplace"))


def _page(told: Mapping[str, Any]) -> Page:
    """What does not fit is a TypeError or a KeyError."""
    document = {name: told[name] for name in Page.__slots__}
    document["claim"] = told["claim"] and Claim(**told["claim"])
    document["shards"] = [Shard(**{**shard, "last": Spot(**shard["last"])}) for shard in told["shards"]]
    return Page(**document)
