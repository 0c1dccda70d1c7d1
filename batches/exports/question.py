"""What a person asks to be exported. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from batches.exports.draws import UNDIVIDED, Sample, Splits
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from batches.store.ledger.exporting import ExportLine

LABEL = "label:"

Caption = Literal["asked", "used"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How large the parts are, and of what kind; what a format has no use for stays as it is."""

    shard_bytes: int = 1_000_000_000  #: a part is closed once it has so many
    shard_count: int | None = None  #: or so many pictures
    metadata: Literal["jsonl", "parquet"] = "jsonl"  #: what an imagefolder's table is written as
    images: bool = True  #: whether the bytes of the pictures are in a Parquet file, or only where they are


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which pictures, divided how, and written as what. The same question has the same answer."""

    batches: tuple[str, ...]  #: ids, in the order in which they are written
    format: str  #: a word of batches.exports.formats
    states: tuple[State, ...] = (State.DONE,)  #: of the jobs
    models: tuple[str, ...] = ()  #: endpoint names; none: all
    labels: tuple[tuple[str, tuple[str, ...]], ...] = ()  #: of each key one of these values; none: all
    sample: Sample | None = None  #: how many of these; None: all
    splits: Splits = UNDIVIDED  #: what they are divided among
    split_by: str = "prompt"  #: what is never torn apart: prompt, row or label:KEY
    caption: Caption = "asked"  #: the prompt that is a picture's text: the one asked, or the one the model used
    options: Options = Options()  #: of the format

    @property
    def sha256(self) -> str:
        """By which it is known again."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()

    def as_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "batches": self.batches,
            "format": self.format,
            "states": self.states,
            "models": self.models,
            "labels": self.labels,
            "sample": self.sample and self.sample.said,
            "splits": {name: str(share) for name, share in self.splits.shares},
            "split_by": self.split_by,
            "caption": self.caption,
            "shard_bytes": self.options.shard_bytes,
            "shard_count": self.options.shard_count,
            "metadata": self.options.metadata,
            "images": self.options.images,
        }

    def takes(self, line: ExportLine) -> bool:
        """Whether a job in one of these states is asked for, before any sample is drawn."""
        if self.models and line.model not in self.models:
            return False
        return all(line.labels.get(key) in values for key, values in self.labels)

    def split(self, line: ExportLine) -> str:
        """The split of a job: one for all that have the same prompt, row or label."""
        return self.splits.of(self._kin(line))

    def _kin(self, line: ExportLine) -> str:
        if self.split_by.startswith(LABEL):
            return line.labels.get(self.split_by.removeprefix(LABEL), "")
        return line.row_id if self.split_by == "row" else str(line.params.get("prompt", line.row_id))
