"""What a night came to, line by line, and the laws that hold whatever happened in it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from batches.money import show_credits
from batches.store.ledger import feeding
from batches.store.ledger.schema import batches, jobs
from batches.store.ledger.states import RESTING, State
from tests.chaos.books import books_of
from tests.chaos.night import SLOTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from batches.store.ledger.standing import Standing
    from tests.chaos.books import Books
    from tests.chaos.night import Night


makers = jobs.alias("makers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """What is left to count. Money in micro-credits."""

    jobs: dict[str, int]  #: by state, only those that occur
    blows: Mapping[str, int]  #: what was done to them
    lost: int  #: jobs that do not rest, or are done and have no picture
    deserters: int  #: workers that had begun, and ended unasked
    mistakes: int  #: errors in the workers' log that nobody foresaw
    books: Books
    at_risk: int  #: as the ledger says
    resubmitted: int  #: what was submitted again after a lost answer, perhaps paid twice
    bound: int  #: the most of that which the policy allows
    peak: dict[str, int]  #: by lane, as the company saw it, lost answers and lies included

    def as_json(self) -> dict[str, object]:
        """For machines."""
        books = self.books
        return {
            "jobs": self.jobs,
            "blows": self.blows,
            "workers_ended_unasked": self.deserters,
            "mistakes": self.mistakes,
            "jobs_lost": self.lost,
            "paid_again": books.paid_again,
            "paid_twice_outside_policy": books.paid_twice,
            "micro_credits": {
                "billed": books.billed,
                "settled": books.settled,
                "answers_lost": books.lost,
                "called_failed": books.untold,
                "unexplained": books.unexplained,
                "at_risk": self.at_risk,
                "resubmitted": self.resubmitted,
                "resubmitted_at_most": self.bound,
            },
            "peak_active": {"ledger": books.peaks, "company": self.peak, "limit": SLOTS},
            "broken": list(self.broken()),
        }

    def lines(self) -> Iterator[tuple[str, str]]:
        """For people: what, and how much."""
        books = self.books
        yield "jobs", f"{sum(self.jobs.values()):,}"
        yield from ((f"  {state}", f"{count:,}") for state, count in self.jobs.items())
        yield from ((what, f"{count:,}") for what, count in self.blows.items())
        yield "workers ended unasked", f"{self.deserters:,}"
        yield "mistakes in the log", f"{self.mistakes:,}"
        yield "jobs lost", f"{self.lost:,}"
        yield "paid again within the policy", f"{books.paid_again - books.paid_twice:,}"
        yield "paid twice outside the policy", f"{books.paid_twice:,}"
        yield "resubmitted after a lost answer", f"{show_credits(self.resubmitted)} of {show_credits(self.bound)}"
        yield "at risk", show_credits(self.at_risk)
        yield "BFL's books", show_credits(books.billed)
        yield "  in the ledger", show_credits(books.settled)
        yield "  answer lost, at risk", show_credits(books.lost)
        yield "  called failed, cost unknown", show_credits(books.untold)
        yield "  unexplained", show_credits(books.unexplained)
        for lane, limit in SLOTS.items():
            yield f"peak active, {lane}", f"{books.peaks.get(lane, 0)} of {limit} (BFL saw {self.peak[lane]})"

    def broken(self) -> Iterator[str]:
        """Every law that does not hold, in a sentence."""
        books = self.books
        if self.deserters:
            yield f"{self.deserters} workers ended unasked"
        if self.mistakes:
            yield f"{self.mistakes} errors that nobody foresaw; --keep FOLDER keeps the log"
        if self.lost:
            yield f"{self.lost} jobs are lost"
        if books.paid_twice:
            yield f"{books.paid_twice} pictures were paid twice outside the policy"
        if self.resubmitted > self.bound:
            yield f"{show_credits(self.resubmitted)} were risked of {show_credits(self.bound)}"
        if books.unexplained:
            yield f"the books differ by {show_credits(books.unexplained)} for no reason"
        if books.lost > self.at_risk:
            yield f"lost answers cost {show_credits(books.lost)}, and {show_credits(self.at_risk)} are at risk"
        for lane, peak in books.peaks.items():
            if peak > SLOTS[lane]:
                yield f"{peak} tasks were active in the {lane} lane, and its limit is {SLOTS[lane]}"


def morning_after(night: Night, rested: Standing) -> Morning:
    """Count, once all is at rest."""
    with night.ledger.read() as tx:
        batch = rested.batch
        planned = tx.scalar(select(batches.c.planned_micro_credits).where(batches.c.id == batch.id)) or 0
        made_by = select(makers.c.state).where(makers.c.id == jobs.c.copy_of).scalar_subquery()
        left = tx.execute(select(jobs.c.state, jobs.c.image_key, jobs.c.image_sha256, made_by)).all()
        return Morning(
            jobs={state.value: rested.jobs[state] for state in State if state in rested.jobs},
            blows=night.blows,
            lost=sum(_is_lost(night.images, *row) for row in left),
            deserters=night.deserters,
            mistakes=night.mistakes(),
            books=books_of(tx, night.company.tasks()),
            at_risk=rested.money.at_risk,
            resubmitted=feeding.lost_money(tx, batch.id),
            bound=batch.policy.unsure.bound(planned),
            peak=night.company.books()["peak_active"],
        )


def _is_lost(images: Path, state: str, key: str | None, sha256: str | None, made_by: str | None) -> bool:
    """Neither at rest, nor a copy that waits for a picture in doubt; or done, and the picture is not there."""
    if state != State.DONE:
        return State(state) not in RESTING and made_by != State.UNSURE
    file = images / (key or "")
    return not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != sha256
