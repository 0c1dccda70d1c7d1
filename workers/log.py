"""What the workers say, in one place: an event's name and its fields. Structured lines on stderr."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from batches.errors import FluxbatchError
    from batches.store.ledger.records import Batch, ClaimedJob, Stop, Ticket
    from workers.journey.steps import Step

_out = structlog.get_logger("fluxbatch")


def _coloured() -> bool:
    """Colours are for terminals, and not for those who want none (no-color.org)."""
    return sys.stderr.isatty() and "NO_COLOR" not in os.environ


def configure(*, level: int, as_json: bool) -> None:
    """Write what is of this level or above to stderr: lines for people at a terminal, JSON for files."""
    renderer = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=_coloured())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_Stderr,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_Libraries()])


class _Stderr:
    """Writes whole lines. A log that cannot be written, as on a full disk, must not cost a paid picture."""

    def __init__(self, *_: object) -> None:
        pass

    def msg(self, line: str) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.write(line + "\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = exception = msg


class _Libraries(logging.Handler):
    """What Celery and other libraries complain about, as lines like ours."""

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        _out.log(record.levelno, "library", logger=record.name, message=said, exc_info=record.exc_info)


def worker_started(worker: str, account: str, threads: int) -> None:
    """A worker is ready for doorbells."""
    _out.info("worker_started", worker=worker, account=account, threads=threads)


def worker_leaving(worker: str) -> None:
    """A worker drains: it takes no more jobs and hands over the ones it has."""
    _out.info("worker_leaving", worker=worker)


def accepted(job: ClaimedJob, ticket: Ticket) -> None:
    """BFL took a job."""
    _out.info("accepted", **_about(job), ticket=ticket.id)


def not_accepted(job: ClaimedJob, answer: str, message: str) -> None:
    """BFL did not take a job, or nobody knows."""
    _out.warning("not_accepted", **_about(job), answer=answer, message=message)


def ticket_not_kept(job: ClaimedJob, ticket: Ticket, error: FluxbatchError) -> None:
    """The ledger would not take a ticket: until it does, this line is the only trace of paid work."""
    _out.error("ticket_not_kept", **_about(job), ticket=ticket.id, polling_url=ticket.polling_url, error=str(error))


def lane_cut(lane: str, limit: int, why: str) -> None:
    """BFL had too much of us at a time: the whole fleet has fewer slots from now on."""
    _out.warning("lane_cut", lane=lane, limit=limit, why=why)


def asking_again(job: ClaimedJob, after: float, reason: str) -> None:
    """A poll or a download went wrong; it is asked again."""
    _out.warning("asking_again", **_about(job), after=round(after, 2), reason=reason)


def let_go(job: ClaimedJob, step: Step) -> None:
    """A job leaves this worker: done, ended, back in the queue, unsure, or handed over."""
    reason = getattr(step, "reason", "")
    _out.info("let_go", **_about(job), step=type(step).__name__, reason=reason)


def copied(job: ClaimedJob, source: str) -> None:
    """A job got a copy of another one's picture."""
    _out.info("copied", **_about(job), source=source)


def paused(batch: Batch, reason: str, message: str) -> None:
    """A batch rests by its policy."""
    _out.warning("paused", batch=batch.id, reason=reason, message=message)


def over_budget(job: ClaimedJob, message: str) -> None:
    """A job did not fit under the cap of its batch."""
    _out.warning("over_budget", **_about(job), message=message)


def approved(batch: Batch, reason: str) -> None:
    """The canary of a batch kept its bounds, and the rest follows."""
    _out.info("approved", batch=batch.id, reason=reason)


def stopped(stop: Stop) -> None:
    """An account or a lane of it rests until somebody mended something, or until a try goes well."""
    _out.error(
        "stopped", account=stop.account, lane=stop.lane, reason=stop.reason, message=stop.message, until=stop.until
    )


def at_risk(results: int) -> None:
    """Results are ready and not fetched, and their links die soon."""
    _out.warning("at_risk", results=results)


def no_receipt(batch_id: str, error: Exception) -> None:
    """The image store would not take a receipt; the batch is as it was, and it is tried again."""
    _out.warning("no_receipt", batch=batch_id, error=str(error))


def not_told(notice: str, error: Exception, tries: int) -> None:
    """Nobody took a notice; it is sent again."""
    _out.warning("not_told", notice=notice, error=str(error), tries=tries)


def trouble(where: str, error: Exception) -> None:
    """Something that passes by itself, or that stops the worker with a clear word."""
    _out.warning("trouble", where=where, error=str(error))


def bug(where: str, error: Exception) -> None:
    """An error nobody foresaw, with its traceback."""
    _out.error("bug", where=where, exc_info=error)


def _about(job: ClaimedJob) -> dict[str, object]:
    return {"batch": job.batch_id, "job": job.id, "model": job.model}
