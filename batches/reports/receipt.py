"""The receipt of a batch: `report.html`, `report.json` and `jobs.csv` beside its pictures."""

from __future__ import annotations

import csv
import json
import platform
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from io import StringIO
from typing import TYPE_CHECKING

from batches.money import credits_of
from batches.reports.cost import cost_report
from batches.reports.formats import as_json
from batches.reports.page import as_html, facts_of
from batches.reports.page.facts import UNBOUNDED
from batches.reports.question import Question
from batches.store.ledger import receipts, standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from batches.reports.page import Bounds, Facts
    from batches.store.images import ImageStore
    from batches.store.ledger import Ledger
    from batches.store.ledger.receipts import JobLine

PACKAGES = ("fluxbatch", "celery", "redis", "httpx", "sqlalchemy", "pillow", "jinja2", "vl-convert-python")
"""Whose versions a receipt names."""

HEAD = (
    *("job", "id", "state", "reason", "model", "seed", "file", "sha256", "width", "height"),
    *("credits", "cost_unknown", "attempts", "started_at", "ended_at", "flags"),
)
"""The columns of `jobs.csv`."""

CHUNK = 500
"""Lines that are written at once."""


def write_receipt(
    ledger: Ledger,
    store: ImageStore,
    batch_id: str,
    *,
    now: float,
    bounds: Bounds = UNBOUNDED,
    goes_on: Callable[[], bool] = lambda: True,
) -> str:
    """Write it anew, and remember of which coming to rest it tells; returns where the page is.

    Memory stays flat for any number of jobs. Raises ImageStoreError where the store refuses; the batch is as it was.
    Where `goes_on` says no, it stops, and what is written so far is no receipt: whoever comes next writes it again.
    """
    with ledger.read() as tx:
        batch = standing.find_batch(tx, batch_id)
        assert batch is not None
        question = Question(batches=frozenset({batch.id}))
        ending = cost_report(tx, batch)
        facts = facts_of(tx, question, ending, bounds=bounds, now=now)
        manifest = receipts.manifest_of(tx, batch.manifest_sha256)
    if _keep_jobs(store, f"{batch.id}/jobs.csv", receipts.job_lines(ledger, batch.id), goes_on):
        store.put(f"{batch.id}/report.json", _spelt(_document(facts, manifest)))
        store.put(f"{batch.id}/report.html", as_html(facts, now=now).encode(errors="backslashreplace"))
        with ledger.write(flush=False) as tx:
            if standing.standing_of(tx, batch).money == ending.standing.money:  # else it was corrected meanwhile
                receipts.is_written(tx, batch.id, batch.ended_at)
    return store.locate(f"{batch.id}/report.html")


def _keep_jobs(store: ImageStore, key: str, lines: Iterable[JobLine], goes_on: Callable[[], bool]) -> bool:
    with store.draft() as draft:
        for chunk in as_csv(lines):
            if not goes_on():
                return False
            draft.write(chunk)
        store.keep(key, draft)
    return True


def as_csv(lines: Iterable[JobLine]) -> Iterator[bytes]:
    """`jobs.csv`, some hundred lines at a time."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    for number, line in enumerate(lines, 1):
        writer.writerow(_cells(line))
        if number % CHUNK == 0:
            yield text.getvalue().encode(errors="backslashreplace")
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode(errors="backslashreplace")


def _cells(line: JobLine) -> tuple[object, ...]:
    return (
        line.number, line.row_id, line.state, line.reason, line.model, line.seed,
        line.image_key and line.image_key.partition("/")[2], line.sha256, line.width, line.height,
        None if line.settled is None else f"{credits_of(line.settled):f}", line.unknown, line.attempts,
        _moment(line.started_at), _moment(line.ended_at), "+".join(line.flags),
    )  # fmt: skip


def _document(facts: Facts, manifest: str | None) -> Mapping[str, object]:
    assert facts.ending is not None
    batch = facts.ending.standing.batch
    return {
        **facts.ending.as_json(),
        **as_json(facts.report),
        "created_at": _moment(batch.created_at),
        "ended_at": _moment(batch.ended_at),
        "prices_as_of": batch.prices_as_of,
        "policy": batch.policy.as_json(),
        "manifest": {"sha256": batch.manifest_sha256, "text": manifest},
        "versions": dict(_versions()),
    }


def _versions() -> Iterator[tuple[str, str]]:
    yield "python", platform.python_version()
    for name in PACKAGES:
        with suppress(PackageNotFoundError):
            yield name, version(name)


def _moment(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def _spelt(document: Mapping[str, object]) -> bytes:
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode(errors="backslashreplace")
