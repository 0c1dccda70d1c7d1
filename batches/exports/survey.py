"""What a question will come to: the ledger is read once before anything is written."""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.exports.draws import LOTS
from batches.exports.items import lines_of, lot_of
from batches.exports.question import LABEL
from batches.models.spelling import did_you_mean
from batches.store.ledger import standing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from batches.exports.question import Question
    from batches.store.ledger import Ledger
    from batches.store.ledger.exporting import ExportLine

KNOWN_TOLD = 8
"""Models or labels that are named where one is misspelt."""

LEAST_DIGITS = 4
"""Of the numbers in names, which sort by them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a question takes from the ledger as it is now."""

    names: tuple[str, ...]  #: of the manifests
    counts: Mapping[str, int]  #: of each split that has any
    bytes: int  #: of all pictures
    models: Mapping[str, int]  #: pictures of each
    labels: tuple[str, ...]  #: the keys that occur
    digits: int  #: of the largest number of a job
    bar: int  #: lots below it are in the sample
    sha256: str  #: of which jobs have which pictures

    @property
    def total(self) -> int:
        """Items of all splits."""
        return sum(self.counts.values())


def survey(ledger: Ledger, question: Question) -> Survey:
    """Read the ledger once, and twice for a number of samples. Raises SettingError where nothing is left."""
    bar = _bar(ledger, question)
    told = _Told(question)
    for line in lines_of(ledger, question):
        told.see(line)
        if bar == LOTS or lot_of(question, line) < bar:
            told.count(line)
    _refuse_unknown(ledger, question, told)
    if not told.total:
        raise _nothing(question, told)
    return told.survey(_names(ledger, question), bar)


class _Told:
    """What is told of jobs, one after the other."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._digest = hashlib.sha256()
        self._counts = dict.fromkeys(question.splits.names, 0)
        self._bytes = 0
        self._models: Counter[str] = Counter()
        self._last = 0
        self.models: set[str] = set()  #: of all that may be in the sample
        self.labels: dict[str, set[str]] = {}  #: of the same, with the values that are asked for

    @property
    def total(self) -> int:
        return sum(self._counts.values())

    def see(self, line: ExportLine) -> None:
        """It is asked for."""
        self.models.add(line.model)
        for key in line.labels.keys() - self.labels.keys():
            self.labels[key] = set()
        for key, _values in self._question.labels:
            self.labels[key].add(line.labels[key])

    def count(self, line: ExportLine) -> None:
        """It is in the sample."""
        self._counts[self._question.split(line)] += 1
        self._digest.update(f"{line.batch_id} {line.number} {line.state} {line.sha256}\n".encode())
        self._bytes += line.bytes or 0
        self._models[line.model] += 1
        self._last = max(self._last, line.number)

    def survey(self, names: Iterable[str], bar: int) -> Survey:
        """All of it."""
        return Survey(
            names=tuple(names),
            counts={split: count for split, count in self._counts.items() if count},
            bytes=self._bytes,
            models=dict(self._models.most_common()),
            labels=tuple(sorted(self.labels)),
            digits=max(LEAST_DIGITS, len(str(self._last))),
            bar=bar,
            sha256=self._digest.hexdigest(),
        )  # fmt: skip


def _bar(ledger: Ledger, question: Question) -> int:
    """Lots below it are in the sample."""
    sample = question.sample
    if sample is None:
        return LOTS
    if sample.part is not None:
        return int(sample.part * LOTS)
    lowest = heapq.nsmallest(sample.count or 0, (lot_of(question, line) for line in lines_of(ledger, question)))
    return lowest[-1] + 1 if lowest else 0


def _nothing(question: Question, told: _Told) -> SettingError:
    if told.models:
        return SettingError(
            f"Nothing is in a sample of {question.sample and question.sample.said}.",
            cure="Take more, or a number: --sample 1.",
        )
    states, batches = " or ".join(question.states), ", ".join(question.batches)
    asked = " of these models and labels" if question.models or question.labels else ""
    return SettingError(
        f"There is nothing to export: no job{asked} of {batches} is {states}.",
        cure="`fluxbatch jobs BATCH` shows how each stands.",
    )


def _names(ledger: Ledger, question: Question) -> Iterator[str]:
    with ledger.read() as tx:
        found = {batch.id: batch.name for batch in standing.list_batches(tx)}
    yield from dict.fromkeys(found[one] for one in question.batches)


def _refuse_unknown(ledger: Ledger, question: Question, told: _Told) -> None:
    """Whoever asks for a model or a label that no job has, has misspelt it."""

    def refuse(option: str, word: str, words: Callable[[ExportLine], Iterable[str]]) -> None:
        """What there is, is looked for only now, among all jobs of these batches."""
        whole = replace(question, models=(), labels=())
        known = {word for line in lines_of(ledger, whole) for word in words(line)}
        if word not in known:
            raise _unknown(f"{option} {word}", word, known, question)

    for model in set(question.models) - told.models:
        refuse("--model", model, lambda line: [line.model])
    for key, values in question.labels:
        for value in set(values) - told.labels.get(key, set()):
            refuse("--label", f"{key}={value}", _pairs)
    key = question.split_by.removeprefix(LABEL)
    if question.split_by.startswith(LABEL) and key not in told.labels:
        refuse("--split-by", key, lambda line: line.labels)


def _pairs(line: ExportLine) -> Iterable[str]:
    return (f"{key}={value}" for key, value in line.labels.items())


def _unknown(said: str, word: str, known: Collection[str], question: Question) -> SettingError:
    hint = did_you_mean(word, known)
    some = ", ".join(sorted(known)[:KNOWN_TOLD])
    return SettingError(
        f"{said} takes no job of {', '.join(question.batches)}{'; ' if hint else '.'}{hint}",
        cure=f"There is {some}." if known else "None of these jobs has any.",
    )
