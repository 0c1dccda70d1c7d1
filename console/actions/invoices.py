"""A CSV file of what attempts cost, such as an export of an invoice -> its lines. Pure, but for reading the file."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.models.spelling import did_you_mean
from batches.money import micro_credits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

MOST_CREDITS = 10**9
"""Beyond, somebody has mistyped."""

CREDITS, TICKET, BATCH, JOB, ATTEMPT = COLUMNS = ("credits", "ticket", "batch", "job", "attempt")


@dataclass(frozen=True, slots=True, kw_only=True)
class ByTicket:
    """An attempt as BFL knows it."""

    ticket_id: str  #: its task id

    def __str__(self) -> str:
        """For people."""
        return f"ticket {self.ticket_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ByJob:
    """An attempt as the ledger knows it."""

    batch: str  #: its id, the beginning of it, or a manifest's name
    job: int  #: place in the plan
    attempt: int | None  #: 1 for the job's first; None: the only one that is settled

    def __str__(self) -> str:
        """For people."""
        return f"job {self.job} of {self.batch}{f', attempt {self.attempt}' if self.attempt else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """What one attempt cost."""

    place: str  #: where that is said, for the beginning of a sentence
    of: ByTicket | ByJob
    micro_credits: int


def read_invoice(path: Path) -> Sequence[InvoiceLine]:
    """All lines of a file. Raises SettingError for the first one that says nothing that can be understood."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(_lines(csv.DictReader(file, strict=True), path))
    except OSError as error:
        raise SettingError(f"--from {path} cannot be read: {error.strerror}.", cure="Name a CSV file.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise SettingError(f"--from {path} is no CSV file: {error}.", cure="Save it as CSV in UTF-8.") from error


def amount_of(text: str, place: str) -> int:
    """`4.5` -> 4_500_000 micro-credits. Raises SettingError for what is no amount."""
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount <= MOST_CREDITS:
        raise SettingError(
            f"{place}{text!r} is no amount of credits.", cure="Write a number such as 4.5; one credit is 0.01 USD."
        )
    return micro_credits(amount)


def _lines(reader: csv.DictReader[str], path: Path) -> Iterator[InvoiceLine]:
    reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
    _check(reader.fieldnames, path)
    for row in reader:
        place = f"{path.name}, line {reader.line_num}: "
        told = {name: (row.get(name) or "").strip() for name in COLUMNS}
        yield InvoiceLine(place=place, of=_named(told, place), micro_credits=amount_of(told[CREDITS], place))


def _check(names: Collection[str], path: Path) -> None:
    if CREDITS in names and (TICKET in names or {BATCH, JOB} <= set(names)):
        return
    hints = (f"{name!r}: {did_you_mean(name, COLUMNS)}" for name in names if name and name not in COLUMNS)
    meant = " ".join(hint for hint in hints if not hint.endswith(": "))
    raise SettingError(
        f"--from {path.name} has the columns {', '.join(names) or '(none)'}. {meant}".rstrip(),
        cure="Its first line has to name credits, and ticket, or batch and job (and attempt, where a job had several).",
    )


def _named(told: Mapping[str, str], place: str) -> ByTicket | ByJob:
    if told[TICKET]:
        return ByTicket(ticket_id=told[TICKET])
    if not told[BATCH] or not told[JOB]:
        raise SettingError(f"{place}no attempt is named.", cure="Fill in ticket, or batch and job.")
    attempt = _number(told[ATTEMPT], ATTEMPT, place) if told[ATTEMPT] else None
    return ByJob(batch=told[BATCH], job=_number(told[JOB], JOB, place), attempt=attempt)


def _number(text: str, what: str, place: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise SettingError(f"{place}{text!r} is no {what}.", cure="Write its number; the first one is 1.")
    return int(text)
