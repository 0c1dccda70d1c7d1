"""The first jobs of a batch, made alone: whether the rest may follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from batches.money import plain, show_credits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of the first jobs so far."""

    jobs: int  #: how many they are: as many as the canary wants, or all jobs of a smaller batch
    ended: int  #: of them, those that rest: nothing more happens to them by itself
    moderated: int  #: of those
    failed: int  #: of those
    estimated: int | None  #: micro-credits the jobs were to cost; None: not known of all of them
    spent: int | None  #: micro-credits they did cost; None: not known of all of them


class Verdict(NamedTuple):
    """What to do with the rest of the batch, and why."""

    answer: Literal["wait", "go on", "ask"]  #: for the first jobs; with the rest; a person
    reason: str  #: one sentence, without a full stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """The first jobs go ahead. If they keep all bounds, the rest follows; else, or without any, a person is asked."""

    first: int  #: jobs that go ahead
    moderated: Decimal | None = None  #: the greatest part of them that may be moderated, 0 to 1; None: any
    failed: Decimal | None = None  #: the greatest part of them that may fail, 0 to 1; None: any
    cost: Decimal | None = None  #: the most they may cost, as a multiple of their estimate; None: anything

    def verdict(self, trial: Trial) -> Verdict:
        """Whether to wait for them, to go on, or to ask a person."""
        if trial.ended < trial.jobs:
            return Verdict("wait", f"canary: {trial.ended} of {trial.jobs} have ended")
        if self.moderated is self.failed is self.cost is None:
            return Verdict("ask", f"canary: all {trial.jobs} have ended, and a person says whether to go on")
        if passed := ", ".join(self._passed(trial)):
            return Verdict("ask", f"canary: {passed}")
        return Verdict("go on", f"canary: all {trial.jobs} have ended within the bounds")

    def _passed(self, trial: Trial) -> Iterator[str]:
        """Each bound that does not hold."""
        for bound, jobs, what in (
            (self.moderated, trial.moderated, "moderated"),
            (self.failed, trial.failed, "failed"),
        ):
            if bound is not None and jobs > bound * trial.jobs:
                yield f"{jobs} of {trial.jobs} {what} (at most {_percent(bound)})"
        if self.cost is None:
            return
        if trial.spent is None or trial.estimated is None:
            yield "cost not known"
        elif trial.spent > self.cost * trial.estimated:
            cost, estimate = show_credits(trial.spent), show_credits(trial.estimated)
            yield f"cost {cost} (at most {_percent(self.cost)} of {estimate})"


def _percent(part: Decimal) -> str:
    return f"{plain(part * 100)}%"
