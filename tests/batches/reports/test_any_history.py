"""Whatever happened, a report by anything adds up to the lines of money, to the micro-credit."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from batches.reports import Question, axes_of, make_report
from batches.store.ledger import Ledger, correcting, feeding, moves
from batches.store.ledger.records import Reported
from batches.store.ledger.schema import attempts, charges, jobs
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT, World, plan_of, plan_with, risking

if TYPE_CHECKING:
    from collections.abc import Callable

MODELS = {"flux-dev": 3 * CREDIT, "flux-2-pro": None}
FATES = ("done", "failed", "moderated", "put back", "lost", "rendering", "corrected", "nothing")
AXES = ("day", "hour", "batch", "model", "account", "lane", "label:project", "state", "reason")

costs = st.none() | st.integers(0, 3 * CREDIT)
jobs_of_a_batch = st.lists(
    st.tuples(st.sampled_from(sorted(MODELS)), st.sampled_from(["cats", "dogs", ""])), max_size=4
)
steps = st.lists(st.tuples(st.sampled_from(FATES), costs, st.integers(0, 5000)), max_size=12)


@settings(max_examples=40, deadline=None)
@given(batches=st.lists(jobs_of_a_batch.filter(bool), max_size=2), history=steps, by=st.sampled_from(AXES))
def test_a_report_adds_up_to_the_lines_of_money(
    batches: list[list[tuple[str, str]]], history: list[tuple[str, int | None, int]], by: str
) -> None:
    world = World(Ledger("sqlite://"))
    for number, asked in enumerate(batches):
        submit(world, f"batch-{number}", asked)
    for fate, cost, seconds in history:
        world.now += seconds
        live(world, fate, Reported(micro_credits=cost))
    lines = settled_lines(world)
    for words in (by, f"{by},model", f"batch,{by}"):
        if len(set(words.split(","))) == words.count(",") + 1:
            adds_up(world, words, lines)
    world.ledger.close()


def submit(world: World, name: str, asked: list[tuple[str, str]]) -> None:
    [job] = plan_of(1).jobs()
    planned = [
        job._replace(
            number=number,
            fingerprint=f"{name}{number}".encode().hex().zfill(64),
            output_name=f"{number}.png",
            model=model,
            labels={"project": label} if label else {},
            estimate=replace(job.estimate, micro_credits=MODELS[model]),
        )
        for number, (model, label) in enumerate(asked, 1)
    ]
    world.submit_plan(plan_with(tuple(planned), name), risking(100 * CREDIT))


def live(world: World, fate: str, cost: Reported) -> None:
    """What becomes of the next job that is due, or of an earlier one."""
    if fate == "corrected":
        correct(world, cost.micro_credits or 0)
        return
    if fate == "nothing" or not (called := world.call(1)):
        return
    job = world.claim(*called)
    end: dict[str, Any] = {"reason": fate, "cost": cost, "source": "result", "now": world.now}
    match fate:
        case "done":
            world.finish(world.carry(job, State.FETCHING), cost)
        case "failed":
            world.do(moves.end, world.carry(job, State.RENDERING), State.FAILED, **end)
        case "moderated":
            world.do(moves.end, world.carry(job, State.RENDERING), State.MODERATED, **end)
        case "put back":
            world.put_back(world.carry(job, State.RENDERING), counts="failure", cost=cost)
        case "lost":  # and found
            submitting = world.carry(job, State.SUBMITTING)
            world.doubt(submitting)
            world.do(feeding.resubmit_unsure, "main", world.now)
            world.now += 1000
            world.accept(submitting, cost)
        case "rendering":
            world.carry(job, State.RENDERING)


def correct(world: World, cost: int) -> None:
    """A person has the invoice of one of the attempts."""
    settled = world.ask(lambda tx: tx.scalars(select(charges.c.attempt_id).where(charges.c.kind == "settled")).all())
    if settled:
        world.do(correcting.correct, {settled[cost % len(settled)]: cost}, because="invoice", now=world.now)


def settled_lines(world: World) -> list[SimpleNamespace]:
    """Settlements, each with all that was corrected of it."""
    query = (
        select(charges.c.attempt_id, charges.c.kind, charges.c.micro_credits, charges.c.at, jobs, attempts.c.outcome)
        .join_from(charges, attempts, attempts.c.id == charges.c.attempt_id)
        .join(jobs, jobs.c.id == charges.c.job_id)
        .where(charges.c.kind.in_(["settled", "corrected"]))
        .order_by(charges.c.id)
    )
    found: dict[int, SimpleNamespace] = {}
    for row in world.ask(lambda tx: tx.execute(query).all()):
        line = found.setdefault(row.attempt_id, SimpleNamespace(**row._mapping))
        if row.kind == "corrected":
            line.micro_credits = (line.micro_credits or 0) + row.micro_credits
    return list(found.values())


def hour_of(line: SimpleNamespace) -> str:
    days, seconds = divmod(line.at, 86_400)
    return f"1970-01-{1 + int(days):02} {int(seconds // 3600):02}:00+00:00"


OF_LINE: dict[str, Callable[[SimpleNamespace], str]] = {
    "day": lambda line: hour_of(line)[:10],
    "hour": hour_of,
    "batch": lambda line: line.batch_id,
    "label:project": lambda line: line.labels.get("project", ""),
    "reason": lambda line: line.reason if line.state in (State.FAILED, State.MODERATED, State.UNSURE) else "",
}


def adds_up(world: World, by: str, lines: list[SimpleNamespace]) -> None:
    words = by.split(",")
    settled, unknown = Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()
    for line in lines:
        place = tuple(OF_LINE[word](line) if word in OF_LINE else getattr(line, word) for word in words)
        settled[place] += line.micro_credits or 0
        unknown[place] += line.micro_credits is None
    report = world.ask(make_report, Question(batches=None, by=axes_of(by)))
    assert Counter({line.values: line.figures.settled for line in report.lines}) == settled
    assert Counter({line.values: line.figures.unknown for line in report.lines}) == unknown
    every = world.ask(lambda tx: tx.execute(select(jobs)).all())
    if not {"day", "hour"} & set(words) or not {"state", "reason"} & set(words):
        assert report.totals.jobs == len(every)
    assert report.totals.images == sum(job.state == State.DONE for job in every)
    in_vain = [line for line in lines if line.outcome != "done"]
    assert sum(one.settled for one in report.wasted) == sum(line.micro_credits or 0 for line in in_vain)
    assert sum(one.unknown for one in report.wasted) == sum(line.micro_credits is None for line in in_vain)
    if "state" in words:
        states = Counter(job.state for job in every)
        place = words.index("state")
        told = Counter[str]()
        for line in report.lines:
            told[line.values[place]] += line.figures.jobs
        assert told == states
