"""A ledger, a clock turned by hand, and the shortest way to each stage of a job's life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from batches.manifest import Template
from batches.models import PUBLISHED, Estimate
from batches.planning import Plan, PlannedJob
from batches.planning.names import Naming
from batches.policy import Policy, Unsure
from batches.store.ledger import Ledger, feeding, moves, presence, standing, submitting
from batches.store.ledger.records import BatchTerms, KeptImage, Reported, Ticket
from batches.store.ledger.schema import attempts, charges, jobs, metadata
from batches.store.ledger.states import MOVES, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from batches.store.ledger.records import ClaimedJob
    from batches.store.ledger.standing import Standing

CREDIT = 1_000_000
UNKNOWN = Reported()
SILENT_SECONDS = 10.0
NAMING = Naming(Template("{number}"), {}, "png", 4)

DIARY = """
CREATE TRIGGER diary AFTER UPDATE OF state ON jobs WHEN old.state <> new.state
BEGIN INSERT INTO moves_made VALUES (old.state, new.state); END
"""


def plan_of(
    count: int,
    *,
    name: str = "hello",
    lane: str = "standard",
    model: str = "flux-dev",
    estimate: int | None = 3 * CREDIT,
) -> Plan:
    """A plan of so many jobs alike."""
    planned = tuple(
        PlannedJob(
            number=number,
            row_id=f"row-{number}",
            fingerprint=f"{number:064x}",
            occurrence=1,
            model=model,
            path=f"/v1/{model}",
            lane=lane,
            params={"prompt": "A fox", "seed": number},
            prompt="A fox",
            seed=number,
            output_name=f"{number:04}.png",
            naming=NAMING,
            labels={"series": "animals"},
            estimate=Estimate(
                low=estimate, micro_credits=estimate, high=estimate, output_pixels=512 * 512, input_pixels=0
            ),
        )
        for number in range(1, count + 1)
    )
    return plan_with(planned, name)


def plan_with(planned: tuple[PlannedJob, ...], name: str = "hello", *, reuse: bool = False) -> Plan:
    """A plan of these jobs; nobody asks for its bill."""
    return Plan(
        name=name, manifest_sha256="5" * 64, manifest_text=f"name: {name}\n",
        fingerprint=f"fingerprint of {name}", asked=len(planned), models=(),
        policy=Policy(), reuse=reuse, prices=PUBLISHED, warnings=(), jobs=lambda: iter(planned),
    )  # fmt: skip


def risking(micro_credits: int) -> Policy:
    """A policy by which so much may be paid twice."""
    return Policy(unsure=Unsure(micro_credits=micro_credits))


def write_batch(tx: Connection, plan: Plan, terms: BatchTerms, now: float) -> str:
    """A new batch of this plan, written in one go; returns its id."""
    batch = submitting.open_batch(tx, plan, terms, now)
    submitting.add_jobs(tx, batch, list(plan.jobs()), reuse=plan.reuse, now=now)
    submitting.complete(tx, batch.id, plan, terms, now)
    return batch.id


def image_of(job: ClaimedJob) -> KeptImage:
    """A picture of 1,000 x 500 pixels."""
    return KeptImage(
        key=f"k/{job.output_name}", sha256="a" * 64, format="png", width=1000, height=500, bytes=9, dhash=1, flags=()
    )


@dataclass
class World:
    """One ledger with two workers, ann and bob, and one account, main."""

    ledger: Ledger
    now: float = 1000.0  #: seconds since the epoch
    hire: bool = True  #: False in a further process that looks at the same ledger

    def __post_init__(self) -> None:
        """Hire the workers and begin the diary of moves."""
        if not self.hire:
            return
        for statement in ("CREATE TABLE moves_made (before TEXT, after TEXT)", DIARY):
            self.do(lambda tx, sql=statement: tx.execute(text(sql)))
        for worker in ("ann", "bob"):
            self.do(presence.arrive, worker, host="here", pid=1, now=self.now)

    def do(self, verb: Callable[..., Any], *args: object, **kwargs: object) -> Any:
        """One verb in a transaction of its own."""
        with self.ledger.write() as tx:
            return verb(tx, *args, **kwargs)

    def ask(self, question: Callable[..., Any], *args: object, **kwargs: object) -> Any:
        """One question in a transaction of its own."""
        with self.ledger.read() as tx:
            return question(tx, *args, **kwargs)

    def submit(
        self,
        count: int = 1,
        *,
        accounts: tuple[str, ...] = ("main",),
        bound: int = 0,
        policy: Policy | None = None,
        **planned: Any,
    ) -> str:
        """A batch of so many queued jobs; returns its id."""
        terms = BatchTerms(accounts=accounts, policy=policy or risking(bound))
        return self.do(write_batch, plan_of(count, **planned), terms, self.now)

    def submit_plan(self, plan: Plan, policy: Policy) -> str:
        """A batch of this plan; returns its id."""
        return self.do(write_batch, plan, BatchTerms(accounts=("main",), policy=policy), self.now)

    def call(self, room: int = 100, *, account: str = "main", lane: str = "standard") -> list[int]:
        """Ring for as many due jobs as there is room for, the oldest batch first."""
        called: list[int] = []
        for batch in self.ask(feeding.open_batches, account):
            called += self.do(feeding.call_due, batch, account, lane, room=room - len(called), now=self.now)
        return called

    def claim(self, job_id: int, owner: str = "ann", *, account: str = "main") -> ClaimedJob | None:
        """Answer the doorbell."""
        return self.do(moves.claim, job_id, owner, account, self.now)

    def take_up(self, job_id: int, owner: str) -> ClaimedJob:
        """The job in the hands of this worker, after all that a dispatcher does."""
        self.do(feeding.resubmit_unsure, "main", self.now)
        self.call()
        job = self.claim(job_id, owner)
        assert job is not None
        return job

    def begin(self, job: ClaimedJob) -> ClaimedJob | None:
        """Write the intent to pay."""
        return self.do(moves.begin_attempt, job, self.now)

    def accept(self, job: ClaimedJob, said: Reported = UNKNOWN) -> ClaimedJob | None:
        """BFL's answer to the submission under way."""
        assert job.attempt is not None
        number = job.attempt.id
        ticket = Ticket(id=f"ticket-{number}", polling_url=f"https://eu.bfl.example/{number}", accepted_at=self.now)
        return self.do(moves.keep_ticket, job, ticket, said)

    def fetch(self, job: ClaimedJob) -> ClaimedJob | None:
        """The poll said Ready."""
        return self.do(moves.start_fetching, job, self.now)

    def finish(self, job: ClaimedJob, cost: Reported = UNKNOWN) -> bool:
        """The picture is stored."""
        return self.do(moves.finish, job, image_of(job), cost, self.now)

    def copied(self, job: ClaimedJob) -> bool:
        """The picture of another job is stored for this one."""
        return self.do(moves.copied, job, image_of(job), self.now)

    def end(self, job: ClaimedJob, to: State) -> bool:
        """There will be no picture."""
        return self.do(moves.end, job, to, reason="a reason", cost=None, source="rule", now=self.now)

    def put_back(self, job: ClaimedJob, *, counts: str = "nothing", cost: Reported | None = None) -> bool:
        """Back to the queue, due at once."""
        return self.do(
            moves.put_back, job, now=self.now, due_at=self.now, reason="put back", counts=counts, cost=cost
        )  # fmt: skip

    def doubt(self, job: ClaimedJob) -> bool:
        """The answer was lost."""
        return self.do(moves.doubt, job, "the answer was lost", self.now)

    def carry(self, job: ClaimedJob | None, to: State) -> ClaimedJob:
        """Bring a claimed job on to this state, the usual way."""
        assert job is not None
        for state, onward in (
            (State.CALLED, self.begin),
            (State.SUBMITTING, self.accept),
            (State.RENDERING, self.fetch),
        ):
            if job.state is state and job.state is not to:
                job = onward(job)
                assert job is not None
        assert job.state is to
        return job

    def at(self, state: State, *, owner: str = "ann", **batch: Any) -> ClaimedJob:
        """The one job of a new batch, brought to this state by this worker."""
        self.submit(**batch)
        [job_id] = self.call()
        return self.carry(self.claim(job_id, owner), state)

    def silence(self, worker: str) -> int:
        """This worker is not heard of any more and its jobs are taken from it; returns how many."""
        self.now += SILENT_SECONDS + 1
        for other in {"ann", "bob"} - {worker}:
            self.do(presence.beat, other, self.now)
        return self.do(feeding.take_from_silent, "sweeper", now=self.now, silent_seconds=SILENT_SECONDS)

    def job(self, job_id: int) -> Any:
        """The row of a job."""
        return self.ask(lambda tx: tx.execute(select(jobs).where(jobs.c.id == job_id)).one())

    def attempts(self, job_id: int) -> list[tuple[int, str | None]]:
        """Number and outcome of each attempt of a job."""
        query = select(attempts.c.number, attempts.c.outcome).where(attempts.c.job_id == job_id)
        return self.ask(lambda tx: [tuple(row) for row in tx.execute(query.order_by(attempts.c.number))])

    def charges(self, job_id: int) -> list[tuple[str, int | None, str]]:
        """Kind, amount and source of each line of money of a job."""
        query = select(charges.c.kind, charges.c.micro_credits, charges.c.source).where(charges.c.job_id == job_id)
        return self.ask(lambda tx: [tuple(row) for row in tx.execute(query.order_by(charges.c.id))])

    def standing(self, batch_id: str) -> Standing:
        """How a batch stands."""
        return self.ask(lambda tx: standing.standing_of(tx, standing.find_batch(tx, batch_id)))

    def everything(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table, to see whether anything changed."""
        return self.ask(
            lambda tx: {
                table.name: [tuple(row) for row in tx.execute(select(table).order_by(*table.primary_key))]
                for table in metadata.sorted_tables
            }
        )

    def moves_made(self) -> set[tuple[State, State]]:
        """Every change of state that the database has seen."""
        rows = self.ask(lambda tx: tx.execute(text("SELECT DISTINCT before, after FROM moves_made")).all())
        return {(State(before), State(after)) for before, after in rows}

    def keeps_the_table_of_moves(self) -> None:
        """Whatever happened in this world, every move of it is one of the table."""
        assert self.moves_made() <= {(before, after) for before, onward in MOVES.items() for after in onward}
