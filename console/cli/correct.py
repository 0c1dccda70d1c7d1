"""`fluxbatch correct`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batches.errors import SettingError
from batches.money import cost_json
from batches.store.ledger import Ledger
from console.actions.correcting import correct as write_corrections
from console.actions.invoices import ByJob, InvoiceLine, amount_of, read_invoice
from console.cli.options import AsJson
from console.cli.output import amount, note, out, print_json, say
from workers.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.actions.correcting import Corrected

Batch = Annotated[
    str | None,
    typer.Argument(metavar="BATCH", help="A batch's id, its beginning, or a manifest's name.", show_default=False),
]
Number = Annotated[
    int | None, typer.Argument(metavar="JOB", min=1, help="The job's number, as `jobs` has it.", show_default=False)
]
Because = Annotated[str, typer.Option(metavar="WORDS", help="Where the amount is from; reports show it.")]
Credits = Annotated[
    str | None,
    typer.Option("--credits", metavar="X", help="What the attempt cost in all, such as 4.5.", show_default=False),
]
Attempt = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Which attempt, where a job had several.", show_default=False)
]
Invoice = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="FILE.csv",
        help="Many at once: a column `credits`, and `ticket`, or `batch` and `job` (and `attempt`).",
        show_default=False,
    ),
]


def correct(
    batch: Batch = None,
    job: Number = None,
    *,
    because: Because,
    credits_: Credits = None,
    attempt: Attempt = None,
    invoice: Invoice = None,
    as_json: AsJson = False,
) -> None:
    """Write down what attempts really cost, such as those that BFL named no cost of; reports and budgets go by it.

    Example: `fluxbatch correct hello 3 --credits 4.5 --because "invoice of November"`
    """
    lines = _lines(batch, job, credits_, attempt, invoice)
    with Ledger(Settings.load().where_ledger) as ledger:
        done = write_corrections(ledger, lines, because)
    if as_json:
        print_json(
            {"attempts": done.attempts, "corrected": len(done.changed), "difference": cost_json(done.difference)}
        )
    else:
        say(_told(done), out)
    if done.changed:
        note("Receipts of these batches are written anew by a worker, or by `fluxbatch run` of their manifest.")


def _lines(
    batch: str | None, job: int | None, credits_: str | None, attempt: int | None, invoice: Path | None
) -> Sequence[InvoiceLine]:
    if invoice is not None and (batch, job, credits_, attempt) == (None, None, None, None):
        return read_invoice(invoice)
    if invoice is not None or batch is None or job is None or credits_ is None:
        raise SettingError(
            "One attempt takes BATCH, JOB and --credits; many take --from and nothing of these.",
            cure='Such as `fluxbatch correct hello 3 --credits 4.5 --because "invoice of November"`.',
        )
    of = ByJob(batch=batch, job=job, attempt=attempt)
    return [InvoiceLine(place="", of=of, micro_credits=amount_of(credits_, "--credits: "))]


def _told(done: Corrected) -> str:
    same = done.attempts - len(done.changed)
    if not done.attempts:
        return "Nothing to correct: the file has no line."
    if not done.changed:
        return f"Nothing to correct: {_attempts(same)} cost that already."
    unknown = sum(one.cost is None for one in done.changed)
    told = f"{_attempts(len(done.changed))} corrected"
    told += f", {unknown:,} of them of unknown cost" if unknown else ""
    word = "less" if done.difference < 0 else "more"
    told += f": {amount(abs(done.difference))} {word} in all."
    return f"{told} {same:,} stood so already." if same else told


def _attempts(count: int) -> str:
    return "1 attempt" if count == 1 else f"{count:,} attempts"
