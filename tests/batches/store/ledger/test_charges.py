"""Lines of money: written once, never changed, and they say what is known and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, insert, update

from batches.store.ledger import LedgerError, charges, feeding, moves
from batches.store.ledger.records import Reported
from batches.store.ledger.schema import attempts, jobs
from batches.store.ledger.schema import charges as lines
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT, UNKNOWN

if TYPE_CHECKING:
    from sqlalchemy import Executable

    from tests.batches.store.ledger.world import World

RESERVED = ("reserved", 3 * CREDIT, "price table")


def paid(number: int) -> Reported:
    return Reported(micro_credits=number * CREDIT)


def test_the_money_is_set_aside_before_anything_is_sent(world: World) -> None:
    job = world.at(State.SUBMITTING)
    assert world.charges(job.id) == [RESERVED]


def test_an_unknown_price_is_set_aside_as_unknown(world: World) -> None:
    job = world.at(State.SUBMITTING, estimate=None)
    assert world.charges(job.id) == [("reserved", None, "price table")]


@pytest.mark.parametrize(
    ("said_at_submission", "said_by_result", "reported", "settled"),
    [
        # said by both: the result is the later word
        (paid(2), paid(4), ("reported", 2 * CREDIT, "submit answer"), ("settled", 4 * CREDIT, "result")),
        # free of charge is known, and not the same as unknown
        (paid(2), paid(0), ("reported", 2 * CREDIT, "submit answer"), ("settled", 0, "result")),
        # the result says nothing: what the submit answer said stands
        (paid(2), UNKNOWN, ("reported", 2 * CREDIT, "submit answer"), ("settled", 2 * CREDIT, "submit answer")),
        (paid(0), UNKNOWN, ("reported", 0, "submit answer"), ("settled", 0, "submit answer")),
        # nobody said anything: unknown, and neither zero nor the estimate
        (UNKNOWN, UNKNOWN, ("reported", None, "submit answer"), ("settled", None, "result")),
        (UNKNOWN, paid(4), ("reported", None, "submit answer"), ("settled", 4 * CREDIT, "result")),
    ],
)
def test_what_bfl_said_last_is_what_it_cost(
    said_at_submission: Reported,
    said_by_result: Reported,
    reported: tuple[str, int | None, str],
    settled: tuple[str, int | None, str],
    world: World,
) -> None:
    job = world.accept(world.at(State.SUBMITTING), said_at_submission)
    world.finish(world.carry(job, State.FETCHING), said_by_result)
    assert world.charges(1) == [RESERVED, reported, settled]


def test_megapixels_are_kept_as_bfl_told_them(world: World) -> None:
    said = Reported(micro_credits=CREDIT, input_micro_mp=0, output_micro_mp=262_144)
    world.finish(world.at(State.FETCHING), said)
    query = lines.select().where(lines.c.kind == "settled")
    row = world.ask(lambda tx: tx.execute(query).one())
    assert (row.input_micro_mp, row.output_micro_mp) == (0, 262_144)


@pytest.mark.parametrize(
    ("cost", "closed", "outcome"),
    [
        (None, ("released", 3 * CREDIT, "rule"), "refused"),  # busy: BFL never took it
        (UNKNOWN, ("settled", None, "result"), "failed"),  # BFL took it and failed without a word on money
        (paid(1), ("settled", CREDIT, "result"), "failed"),
    ],
)
def test_an_attempt_that_is_put_back_closes_its_books(
    cost: Reported | None, closed: tuple[str, int | None, str], outcome: str, world: World
) -> None:
    job = world.at(State.SUBMITTING)
    world.put_back(job, cost=cost)
    assert world.charges(job.id) == [RESERVED, closed]
    assert world.attempts(job.id) == [(1, outcome)]


@pytest.mark.parametrize(
    ("to", "cost", "source", "closed"),
    [
        (State.FAILED, None, "result", ("released", 3 * CREDIT, "rule")),  # rejected: nothing was spent
        (State.FAILED, paid(4), "result", ("settled", 4 * CREDIT, "result")),  # paid for, and no picture
        (State.MODERATED, paid(0), "rule", ("settled", 0, "rule")),  # by rule not charged
    ],
)
def test_a_job_that_ends_without_a_picture_closes_its_books(
    to: State, cost: Reported | None, source: str, closed: tuple[str, int | None, str], world: World
) -> None:
    job = world.at(State.RENDERING)
    world.do(moves.end, job, to, reason="because", cost=cost, source=source, now=world.now)
    assert world.charges(job.id)[-1] == closed


def test_a_failed_attempt_of_which_nobody_says_what_it_cost_is_unknown_whatever_was_announced(world: World) -> None:
    job = world.accept(world.at(State.SUBMITTING), paid(2))
    assert job is not None
    world.put_back(job, counts="failure", cost=UNKNOWN)
    assert world.charges(1)[-1] == ("settled", None, "result")


def test_a_lost_answer_leaves_the_money_reserved(world: World) -> None:
    job = world.at(State.SUBMITTING, bound=3 * CREDIT)
    world.doubt(job)
    world.do(feeding.resubmit_unsure, "main", world.now)
    assert world.charges(job.id) == [RESERVED]
    assert world.attempts(job.id) == [(1, "lost")]


@pytest.mark.parametrize(
    "change",
    [
        update(lines).values(micro_credits=0),
        update(lines).values(source="rule"),
        delete(lines),
    ],
    ids=["its amount", "its source", "the line itself"],
)
def test_the_database_refuses_to_change_a_line(change: Executable, world: World) -> None:
    job = world.at(State.SUBMITTING)
    with pytest.raises(LedgerError, match="append-only"):
        world.do(lambda tx: tx.execute(change))
    assert world.charges(job.id) == [RESERVED]


class TestTheDatabaseKeepsTheLaw:
    """Even a bug of ours cannot write these."""

    @pytest.mark.parametrize("kind", ["reserved", "settled", "reported"])
    def test_an_attempt_has_one_line_of_a_kind(self, kind: charges.Kind, world: World) -> None:
        job = world.at(State.FETCHING)
        assert job.attempt is not None
        world.finish(job)
        with pytest.raises(LedgerError, match="UNIQUE"):
            world.do(charges.book, job, job.attempt.id, kind, paid(1), source="result", now=world.now)

    def test_a_reservation_ends_once(self, world: World) -> None:
        job = world.at(State.FETCHING)
        assert job.attempt is not None
        world.finish(job)
        with pytest.raises(LedgerError, match="UNIQUE"):
            world.do(charges.release, job, job.attempt, world.now)

    @pytest.mark.parametrize("kind", ["settled", "released"])
    def test_nothing_ends_but_a_reservation(self, kind: charges.Kind, world: World) -> None:
        job = world.at(State.CALLED)
        attempt = insert(attempts).values(job_id=job.id, number=1, account="main", started_at=world.now)
        [attempt_id] = world.do(lambda tx: tx.execute(attempt).inserted_primary_key)
        with pytest.raises(LedgerError, match="ends no reservation"):
            world.do(charges.book, job, attempt_id, kind, paid(1), source="rule", now=world.now)

    @pytest.mark.parametrize(
        ("amount", "says"),
        [
            ({"micro_credits": -1, "correction": 1}, "CHECK"),  # it does not say why
            ({"micro_credits": -1, "reason": "invoice"}, "CHECK"),  # nor which correction it is
            ({"micro_credits": -2 * CREDIT - 1, "correction": 1, "reason": "invoice"}, "leaves no cost"),
            ({"micro_credits": None, "correction": 1, "reason": "invoice"}, "leaves no cost"),
        ],
    )
    def test_a_correction_says_why_and_leaves_a_cost(self, amount: dict[str, object], says: str, world: World) -> None:
        job = world.at(State.FETCHING)
        world.finish(job, paid(2))
        line = {"kind": "corrected", "source": "person", "at": world.now, **amount}
        its = {"batch_id": job.batch_id, "job_id": job.id, "attempt_id": job.attempt.id}
        with pytest.raises(LedgerError, match=says):
            world.do(lambda tx: tx.execute(insert(lines).values(**its, **line)))

    def test_nothing_is_corrected_before_it_is_settled(self, world: World) -> None:
        job = world.at(State.FETCHING)
        line = {"kind": "corrected", "correction": 1, "reason": "invoice", "source": "person", "micro_credits": 1}
        its = {"batch_id": job.batch_id, "job_id": job.id, "attempt_id": job.attempt.id, "at": world.now}
        with pytest.raises(LedgerError, match="leaves no cost"):
            world.do(lambda tx: tx.execute(insert(lines).values(**its, **line)))

    def test_nothing_costs_less_than_nothing(self, world: World) -> None:
        job = world.at(State.RENDERING)
        assert job.attempt is not None
        with pytest.raises(LedgerError, match="CHECK"):
            world.do(charges.book, job, job.attempt.id, "settled", paid(-1), source="result", now=world.now)

    def test_a_job_has_one_attempt_under_way(self, world: World) -> None:
        job = world.at(State.SUBMITTING)
        second = insert(attempts).values(job_id=job.id, number=2, account="main", started_at=world.now)
        with pytest.raises(LedgerError, match="UNIQUE"):
            world.do(lambda tx: tx.execute(second))

    def test_two_attempts_never_hold_the_same_ticket(self, world: World) -> None:
        world.submit(2)
        first, second = (world.carry(world.claim(job_id), State.SUBMITTING) for job_id in world.call())
        world.accept(first)
        copied = update(attempts).where(attempts.c.job_id == second.id).values(ticket_id="ticket-1")
        with pytest.raises(LedgerError, match="UNIQUE"):
            world.do(lambda tx: tx.execute(copied))

    def test_a_job_without_a_picture_is_not_done(self, world: World) -> None:
        job = world.at(State.FETCHING)
        with pytest.raises(LedgerError, match="CHECK"):
            world.do(lambda tx: tx.execute(update(jobs).where(jobs.c.id == job.id).values(state="done")))

    def test_there_are_no_other_states(self, world: World) -> None:
        world.submit()
        with pytest.raises(LedgerError, match="CHECK"):
            world.do(lambda tx: tx.execute(update(jobs).values(state="lost")))

    def test_a_line_of_money_belongs_to_an_attempt(self, world: World) -> None:
        job = world.at(State.CALLED)
        with pytest.raises(LedgerError, match="FOREIGN KEY"):
            world.do(charges.book, job, 404, "reserved", paid(1), source="rule", now=world.now)
