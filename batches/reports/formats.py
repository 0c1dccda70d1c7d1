"""A report as JSON, CSV, Markdown and Parquet."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.money import cost_json, json_number
from batches.reports.columns import COLUMNS, shown_columns
from batches.reports.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batches.reports.columns import Cell
    from batches.reports.figures import Figures
    from batches.reports.report import Report

DIGITS, PLACES = 30, 8
"""Of an amount in Parquet: a micro-credit is a hundred-millionth of a dollar."""

TOTAL = "total"


def as_json(report: Report) -> dict[str, object]:
    """For programs."""
    since, until = report.question.period.told
    left = report.outstanding
    return {
        "since": since,
        "until": until,
        "zone": report.question.period.zone.key,
        "by": words(report),
        "lines": [
            {**dict(zip(words(report), line.values, strict=True)), **_numbers(line.figures)} for line in report.lines
        ],
        "totals": _numbers(report.totals),
        "wasted": [
            {
                "outcome": one.what.value,
                "reason": one.reason,
                "attempts": one.attempts,
                "cost": cost_json(one.settled),
                "cost_unknown": one.unknown,
            }
            for one in report.wasted
        ],
        "corrections": [
            {"reason": one.reason, "attempts": one.attempts, "difference": cost_json(one.micro_credits)}
            for one in report.corrections
        ],
        "outstanding": {name: cost_json(getattr(left, name)) for name in ("reserved", "at_risk", "expired")},
    }


def as_csv(report: Report) -> str:
    """For spreadsheets: a header and the lines, without totals, so that a column can be summed up."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*words(report), *(column.name for column in COLUMNS)])
    for line in report.lines:
        writer.writerow([*line.values, *(_written(column.of(line.figures)) for column in COLUMNS)])
    return text.getvalue()


def as_parquet(report: Report) -> bytes:
    """For data frames: the same lines and columns, with amounts as exact decimals."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise SettingError(
            "A report as Parquet needs pyarrow, which is not installed.",
            cure="Install it with `pip install 'fluxbatch[parquet]'`, or take --format csv.",
        ) from None
    kinds = {"count": pa.int64(), "amount": pa.decimal128(DIGITS, PLACES), "flag": pa.bool_()}
    texts = {word: [line.values[place] for line in report.lines] for place, word in enumerate(words(report))}
    told = {column.name: [column.of(line.figures) for line in report.lines] for column in COLUMNS}
    schema = pa.schema(
        [*((word, pa.string()) for word in texts), *((column.name, kinds[column.kind]) for column in COLUMNS)]
    )
    file = BytesIO()
    pq.write_table(pa.table({**texts, **told}, schema=schema), file)
    return file.getvalue()


def as_markdown(report: Report) -> str:
    """For people who keep it."""
    titles, rows, total = table_of(report)
    numbers = len(titles) - len(report.question.by)
    return "\n".join(
        [
            _row(titles),
            _row(["---"] * len(report.question.by) + ["---:"] * numbers),
            *map(_row, rows),
            *([_row(total)] if rows else []),
            "",
            *(f"{'  ' if said.startswith('  ') else ''}- {_escaped(said.strip())}" for said in sentences(report)),
            "",
        ]
    )


def table_of(report: Report) -> tuple[Sequence[str], Sequence[Sequence[str]], Sequence[str]]:
    """Titles, lines and totals as people read them."""
    shown = shown_columns(report.totals)

    def cells(figures: Figures) -> list[str]:
        return [column.of(figures) for column in shown]

    titles = [*words(report), *(column.title for column in shown)]
    names = [TOTAL, *("" for _ in report.question.by[1:])]
    rows = [[*(value or "(none)" for value in line.values), *cells(line.figures)] for line in report.lines]
    return titles, rows, [*names, *cells(report.totals)]


def words(report: Report) -> list[str]:
    """What its lines go by, as `--by` takes it."""
    return [axis.word for axis in report.question.by]


def _numbers(figures: Figures) -> dict[str, object]:
    return {column.name: _number(column.of(figures)) for column in COLUMNS}


def _number(cell: Cell) -> int | float | bool | None:
    return json_number(cell) if isinstance(cell, Decimal) else cell


def _written(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case Decimal():
            return f"{cell:f}"
    return str(cell)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_escaped, cells))} |"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
