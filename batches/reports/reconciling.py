"""Balance against ledger: what BFL took between two readings, what the ledger explains of it, and what not. Pure.

BFL does not say when it takes the money for a job, so an attempt that was under way at a reading may stand on either
side of it. Everything here is therefore a span from the least to the most; where nothing was under way they are one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from batches.store.ledger.balances import DEBITED_WITHIN_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from batches.store.ledger.balances import Reading, Spending


class Verdict(StrEnum):
    """What a comparison comes to."""

    ADDS_UP = "adds up"
    """The ledger explains the movement."""

    ADDED = "added"
    """There is more than the ledger explains: a top-up, a refund, or something that BFL charged less for."""

    IN_DOUBT = "in doubt"
    """There is less than the ledger explains, and money that is in doubt can be the reason."""

    GAP = "gap"
    """There is less than the ledger explains, and nothing in it can be the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Attempts that may have cost something or nothing, as far as the ledger knows."""

    attempts: int  #: how many
    micro_credits: int  #: what they were to cost, as far as prices are known
    is_bounded: bool  #: whether they cannot have cost more

    @classmethod
    def of(cls, found: Sequence[Spending]) -> Doubt:
        """The sum of these. What was settled without an amount may have cost anything."""
        return cls(
            attempts=len(found),
            micro_credits=sum(one.reserved or 0 for one in found),
            is_bounded=all(one.reserved is not None and one.fate != "unknown" for one in found),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two readings, and what the ledger says of the time between them. Amounts in micro-credits."""

    before: Reading
    after: Reading
    settled: int  #: charges that were settled between them
    least: int  #: that the ledger explains
    most: int  #: that the ledger explains, without what is in doubt
    unsure: Doubt  #: submissions whose answer was lost
    unknown: Doubt  #: settlements whose amount nobody told

    @property
    def fall(self) -> int:
        """By how much the balance fell; negative where it rose."""
        return self.before.micro_credits - self.after.micro_credits

    @property
    def gap(self) -> int:
        """By how much it fell beyond what is settled, exact to `inexact`."""
        return self.fall - self.settled

    @property
    def inexact(self) -> int:
        """What was under way at the readings."""
        return self.most - self.least

    @property
    def missing(self) -> int:
        """What is gone at least that the ledger does not explain."""
        return max(0, self.fall - self.most)

    @property
    def added(self) -> int:
        """What came in at least."""
        return max(0, self.least - self.fall)

    @property
    def verdict(self) -> Verdict:
        """In a word."""
        if self.added:
            return Verdict.ADDED
        if not self.missing:
            return Verdict.ADDS_UP
        doubtful = self.unsure.micro_credits + self.unknown.micro_credits
        is_bounded = self.unsure.is_bounded and self.unknown.is_bounded
        return Verdict.GAP if is_bounded and doubtful < self.missing else Verdict.IN_DOUBT


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What the balance says of a batch's unsure money, in micro-credits."""

    batch_id: str
    unsure: Doubt  #: its submissions whose answer was lost
    least: int  #: of it that was charged
    most: int  #: of it that was charged; may be more only where a price was not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """One account over some time."""

    comparisons: Sequence[Comparison]  #: of neighbouring readings
    narrowed: Sequence[Narrowed]  #: batches whose unsure money is known better now


@dataclass(slots=True)
class _Moment:
    """A reading and the ledger at that time."""

    reading: Reading
    settled: int = 0  #: all that was settled before
    across: list[Spending] = field(default_factory=list)  #: settled later, begun before


def reconcile(readings: Sequence[Reading], spendings: Iterable[Spending]) -> Reconciliation:
    """Compare readings, which are in their order and do not overlap, with the attempts of their time, in any order."""
    books = _Books(readings, spendings)
    comparisons = [books.compare(one, other) for one, other in pairwise(books.moments)]
    found = (_narrowed(books, comparisons, batch_id) for batch_id in books.batches_in_doubt())
    return Reconciliation(comparisons=comparisons, narrowed=[one for one in found if one is not None])


class _Books:
    """The attempts, sorted by what they mean for any two readings. Most of them are only a sum."""

    def __init__(self, readings: Sequence[Reading], spendings: Iterable[Spending]) -> None:
        self.moments = [_Moment(reading) for reading in readings]
        self._asked = [reading.asked_at for reading in readings]
        self._answered = [reading.at for reading in readings]
        self._open: list[Spending] = []
        for one in spendings:
            if one.fate == "settled":
                self._enter(one)
            else:
                self._open.append(one)
        for earlier, later in pairwise(self.moments):
            later.settled += earlier.settled
        self._open.sort(key=lambda one: one.began_at)
        self._began = [one.began_at for one in self._open]

    def _enter(self, one: Spending) -> None:
        """Over before the first reading that was asked for after it; under way at those between."""
        first_after = bisect_left(self._asked, one.over_at)
        if first_after < len(self.moments):
            self.moments[first_after].settled += one.settled
        for moment in self.moments[bisect_right(self._answered, one.began_at) : first_after]:
            moment.across.append(one)

    def compare(self, before: _Moment, after: _Moment) -> Comparison:
        """What the ledger says of the time between two of the readings."""
        across = {one.attempt_id: one for one in (*before.across, *after.across)}.values()
        settled = after.settled - before.settled
        within = settled - sum(one.settled for one in before.across if one.over_at <= after.reading.asked_at)
        open_ = self.between(before, after)
        under_way = sum(one.reserved or 0 for one in open_ if one.fate == "under way")
        return Comparison(
            before=before.reading,
            after=after.reading,
            settled=settled,
            least=within + sum(one.settled - _dearest(one) for one in across),
            most=within + sum(map(_dearest, across)) + under_way,
            unsure=Doubt.of([one for one in open_ if one.fate == "unsure"]),
            unknown=Doubt.of([one for one in open_ if _has_no_amount(one)]),
        )

    def between(self, before: _Moment, after: _Moment) -> Sequence[Spending]:
        """Attempts without an amount that may have cost something between two of the readings."""
        first = bisect_left(self._began, before.reading.asked_at - DEBITED_WITHIN_SECONDS)
        last = bisect_left(self._began, after.reading.at)
        return [one for one in self._open[first:last] if one.over_at > before.reading.asked_at]

    def batches_in_doubt(self) -> Sequence[str]:
        """Batches with unsure money, in the order in which they ran into it."""
        return list(dict.fromkeys(one.batch_id for one in self._open if one.fate == "unsure"))

    def unsure(self, batch_id: str) -> Sequence[Spending]:
        """The unsure attempts of a batch."""
        return [one for one in self._open if one.batch_id == batch_id and one.fate == "unsure"]

    def around(self, began_at: float, over_at: float) -> tuple[int, int] | None:
        """The places of the closest readings before and after; of the last one where none is after it."""
        first = bisect_right(self._answered, began_at) - 1
        last = min(bisect_left(self._asked, over_at), len(self.moments) - 1)
        return (first, last) if 0 <= first < last else None


def _narrowed(books: _Books, comparisons: Sequence[Comparison], batch_id: str) -> Narrowed | None:
    """What the closest readings say of the unsure money of a batch; None where that is nothing new.

    Whatever else they leave unexplained is taken for it at most, and what else is in doubt is taken off at least.
    """
    mine = books.unsure(batch_id)
    around = books.around(min(one.began_at for one in mine), max(one.over_at for one in mine))
    if around is None or any(one.added for one in comparisons[slice(*around)]):
        return None  # nobody knows by how much the balance would have fallen alone
    before, after = (books.moments[place] for place in around)
    found, worth = books.compare(before, after), Doubt.of(mine)
    others = Doubt.of([one for one in books.between(before, after) if _is_doubtful(one) and one not in mine])
    to_come = sum(one.reserved or 0 for one in mine if one.over_at > after.reading.asked_at)
    least = max(0, found.missing - others.micro_credits) if others.is_bounded else 0
    most = max(0, found.fall - found.least) + to_come
    if worth.is_bounded:
        least, most = min(least, worth.micro_credits), min(most, worth.micro_credits)
    is_news = least > 0 or most < worth.micro_credits
    return Narrowed(batch_id=batch_id, unsure=worth, least=least, most=most) if is_news else None


def _dearest(one: Spending) -> int:
    """What BFL held at most for an attempt while it was under way."""
    return max(one.settled, one.reserved or 0)


def _has_no_amount(one: Spending) -> bool:
    """Settled without one, or under way without a price."""
    return one.fate == "unknown" or (one.fate == "under way" and one.reserved is None)


def _is_doubtful(one: Spending) -> bool:
    return one.fate == "unsure" or _has_no_amount(one)
