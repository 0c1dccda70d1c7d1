"""A ledger as it stands after three nights: a million jobs, made with no worker and no API, in about a minute.

`./run bench big_ledger big.db 1000000` writes one to look at. Most jobs are done; some were moderated, some failed,
some were paid in vain before they came through, and some were paid twice. It is the same every time.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import update

import batches as fluxbatch
from batches.store.ledger import Ledger, submitting
from batches.store.ledger.bulk import insert_rows
from batches.store.ledger.quarters import KEYS, QUARTER_SECONDS, SUMS, Amounts, What, spelling
from batches.store.ledger.records import BatchTerms
from batches.store.ledger.schema import attempts, batches, charges, jobs, quarters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

JOBS = 1_000_000
BATCHES = 3
HOURS = 60
START = 1_785_542_400.0  # 2026-08-01, midnight in UTC
JOBS_AT_ONCE = 20_000

ACCOUNT = "main"
MODELS = {"flux-dev": 2_500_000, "flux-2-pro": 3_000_000, "flux-kontext-pro": 4_000_000, "flux-2-klein-4b": 1_400_000}
"""With what a picture is estimated to cost, in micro-credits."""

LABELS = [{"project": f"project-{number}", "style": "photo" if number % 2 else "drawing"} for number in range(10)]

SIDE = 1024
SECONDS = 8.0

MANIFEST = """
version: 1
name: night-{number}
model: flux-dev
prompts: [a fox]
"""

REFUSED_EVERY, LOST_EVERY, MODERATED_EVERY, FAILED_EVERY = 97, 499, 211, 307
"""Primes, so that every model and label has its share."""

OF_JOBS = (
    *("id", "batch_id", "number", "row_id", "fingerprint", "occurrence", "account", "lane", "model", "path", "params"),
    *("labels", "output_name", "estimate_micro_credits", "estimate_pixels", "state", "reason", "due_at", "failures"),
    *("changed_at", "image_key", "image_sha256", "image_format", "image_width", "image_height", "image_bytes"),
)
OF_ATTEMPTS = (
    *("id", "job_id", "number", "account", "started_at", "ticket_id", "polling_url", "accepted_at", "ended_at"),
    *("outcome", "message"),
)
OF_CHARGES = ("batch_id", "job_id", "attempt_id", "kind", "micro_credits", "source", "at")


@dataclass(frozen=True, slots=True)
class Try:
    """How one attempt ends."""

    outcome: What
    message: str = ""
    cost: int | None = 0  #: micro-credits; None: nobody said


def main() -> None:
    """Write one into a SQLite file."""
    file, *count = sys.argv[1:]
    with Ledger(f"sqlite:///{file}") as ledger:
        print(*fill(ledger, int(count[0]) if count else JOBS), sep="\n")  # noqa: T201  # what was made


def fill(ledger: Ledger, count: int = JOBS) -> Sequence[str]:
    """Write so many jobs into an empty ledger; returns the ids of the batches."""
    with ledger.write() as tx:
        ids = [_batch(tx, number) for number in range(BATCHES)]
    writer = _Writer(ids, count)
    places = iter(range(count))
    while chunk := list(islice(places, JOBS_AT_ONCE)):
        with ledger.write_many() as tx:
            writer.write(tx, chunk)
    with ledger.write() as tx:
        writer.write_sums(tx)
        if tx.dialect.name == "postgresql":
            tx.exec_driver_sql("ANALYZE")
    return ids


def _batch(tx: Connection, number: int) -> str:
    """A batch that has come to its end, as all its jobs will be."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "manifest.yaml"
        file.write_text(MANIFEST.format(number=number), encoding="utf-8")
        plan = fluxbatch.plan(file)
    begins = _begins(number)
    terms = BatchTerms(accounts=(ACCOUNT,))
    batch = submitting.open_batch(tx, plan, terms, begins)
    ends = {"whole_at": begins, "ended_at": _begins(number + 1)}
    tx.execute(update(batches).where(batches.c.id == batch.id).values(**ends))
    return batch.id


def _begins(number: float) -> float:
    """When the batch of this number begins; one and a half is in the middle of the second."""
    return START + number * HOURS * 3600 / BATCHES


class _Writer:
    """Jobs with their attempts, charges and sums, in the order in which they were done."""

    def __init__(self, ids: Sequence[str], count: int) -> None:
        self._ids = ids
        self._count = count
        self._attempts = 0
        self._sums: defaultdict[tuple[object, ...], list[float]] = defaultdict(lambda: [0.0] * len(SUMS))

    def write(self, tx: Connection, places: Sequence[int]) -> None:
        """These jobs."""
        its_jobs, its_attempts, its_charges = [], [], []
        for place in places:
            batch = place * BATCHES // self._count
            job = _Job(place, self._ids[batch], _begins(place * BATCHES / self._count))
            its_jobs.append(job.row())
            self._add(job, What.PLANNED, _begins(batch), Amounts(estimated=job.price))
            for number, one in enumerate(job.tries, 1):
                self._attempts += 1
                its_attempts.append(job.attempt(self._attempts, number, one))
                its_charges += job.charges(self._attempts, number, one)
                self._settle(job, number, one)
        insert_rows(tx, jobs, OF_JOBS, its_jobs)
        insert_rows(tx, attempts, OF_ATTEMPTS, its_attempts)
        insert_rows(tx, charges, OF_CHARGES, its_charges)

    def write_sums(self, tx: Connection) -> None:
        """What all of them come to."""
        rows = [(*key, *map(int, sums[:-1]), sums[-1]) for key, sums in self._sums.items()]
        insert_rows(tx, quarters, (*KEYS, *SUMS), rows)

    def _settle(self, job: _Job, number: int, one: Try) -> None:
        done = one.outcome is What.DONE
        self._add(
            job,
            one.outcome,
            job.ends(number),
            Amounts.of_attempt(
                one.cost, job.price, images=int(done), output_pixels=SIDE * SIDE * done, slot_seconds=SECONDS
            ),
        )

    def _add(self, job: _Job, what: What, at: float, amounts: Amounts) -> None:
        quarter, labels = int(at // QUARTER_SECONDS), spelling(job.labels)
        key = (quarter, job.batch_id, ACCOUNT, "standard", job.model, labels, what.value)
        sums = self._sums[key]
        for place, name in enumerate(SUMS):
            sums[place] += getattr(amounts, name)


class _Job:
    """One job of the ledger and how it went."""

    def __init__(self, place: int, batch_id: str, at: float) -> None:
        self.id = place + 1
        self.batch_id = batch_id
        self.at = at
        self.model = list(MODELS)[place % len(MODELS)]
        self.price = MODELS[self.model]
        self.labels = LABELS[place // len(MODELS) % len(LABELS)]
        self.tries = list(_tries(self.id, self.price + (self.price // 12 if self.model == "flux-2-pro" else 0)))

    def ends(self, number: int) -> float:
        """When its attempt of this number comes to its end."""
        return self.at + number * SECONDS

    def row(self) -> tuple[object, ...]:
        """Of `jobs`."""
        last = self.tries[-1]
        done = last.outcome is What.DONE
        digest = hashlib.sha256(str(self.id).encode())
        params = {"prompt": f"A red fox in the snow, number {self.id}", "width": SIDE, "height": SIDE, "seed": self.id}
        return (
            *(self.id, self.batch_id, self.id, f"row-{self.id}", digest.digest(), 1, ACCOUNT, "standard", self.model),
            *(f"/v1/{self.model}", json.dumps(params), json.dumps(self.labels), f"{self.id:07}.png", self.price),
            *(SIDE * SIDE, last.outcome.value, last.message, self.at, len(self.tries) - done),
            *(self.ends(len(self.tries)), f"{self.batch_id}/{self.id:07}.png" if done else None),
            *((digest.hexdigest(), "png", SIDE, SIDE, 1_400_000) if done else (None,) * 5),
        )

    def attempt(self, attempt_id: int, number: int, one: Try) -> tuple[object, ...]:
        """Of `attempts`."""
        began, ended = self.ends(number - 1), self.ends(number)
        ticket = f"{attempt_id:08x}-0000-4000-8000-000000000000"
        url = f"https://api.eu.bfl.example/v1/get_result?id={ticket}"
        return (
            *(attempt_id, self.id, number, ACCOUNT, began, ticket, url, began + 0.3, ended),
            *(one.outcome.value, one.message),
        )

    def charges(self, attempt_id: int, number: int, one: Try) -> Iterator[tuple[object, ...]]:
        """Of `charges`."""
        began, ended = self.ends(number - 1), self.ends(number)
        for kind, amount, source, at in (
            ("reserved", self.price, "price table", began),
            ("reported", one.cost, "submit answer", began + 0.3),
            ("settled", one.cost, "result", ended),
        ):
            yield self.batch_id, self.id, attempt_id, kind, amount, source, at


def _tries(number: int, cost: int) -> Iterator[Try]:
    """How its attempts end, the last one with the job."""
    if number % MODERATED_EVERY == 0:
        yield Try(What.MODERATED, "Request Moderated", 0)
        return
    if number % FAILED_EVERY == 0:
        yield Try(What.FAILED, "BFL said Error", None)
        return
    if number % REFUSED_EVERY == 0:
        yield Try(What.FAILED, "the picture could not be read", cost)
    if number % LOST_EVERY == 0:
        yield Try(What.LOST, "the answer was lost", cost)
    yield Try(What.DONE, "", cost)


if __name__ == "__main__":
    main()
