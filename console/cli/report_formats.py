"""How a report is written: to the terminal or to a file, for people or for programs."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from io import StringIO
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from batches.errors import SettingError
from batches.reports import formats
from batches.reports.sentences import sentences
from console.cli.output import WIDTH_OF_FILES, columns, note, out, say
from console.cli.summary import show_ending

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from batches.reports import CostReport, Report


GAP = 2
"""Columns of the window between two of a table."""

MOST_OF_WORDS = 24
"""Columns of the window that a long label or reason has in any case."""


class Format(StrEnum):
    """What a report is written as."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    PARQUET = "parquet"
    HTML = "html"


ENDINGS = {
    ".json": Format.JSON,
    ".csv": Format.CSV,
    ".md": Format.MARKDOWN,
    ".parquet": Format.PARQUET,
    ".html": Format.HTML,
}


def format_of(file: Path | None) -> Format:
    """As the ending of the file says."""
    return ENDINGS.get(file.suffix.lower(), Format.TABLE) if file else Format.TABLE


def write(report: Report, ending: CostReport | None, kind: Format, file: Path | None) -> None:
    """Write a report, and how its batch stands if it is about one, to a file or to stdout."""
    if file is not None:
        _keep(_document(report, ending, kind), file)
    elif kind is Format.TABLE:
        show(report, ending, out)
    elif kind is Format.PARQUET:
        raise SettingError("Parquet is nothing for a terminal.", cure="Name a file: --out report.parquet.")
    else:
        sys.stdout.write(_document(report, ending, kind).decode())


def show(report: Report, ending: CostReport | None, to: Console) -> None:
    """The table, and what is to be said below it."""
    table = _table(report)
    needed = sum(column.min_width or 0 for column in table.columns) + GAP * len(table.columns)
    if needed > to.width:
        table.width = needed  # the window wraps its lines, and no number is cut
    to.print(table, crop=False)
    if ending is not None and report.question.period.is_all:
        show_ending(ending, to)
    for said in sentences(report):
        say(said, to)


def _table(report: Report) -> Table:
    titles, rows, total = formats.table_of(report)
    table = columns(*titles, right=frozenset(titles[len(report.question.by) :]))
    for column, cells in zip(table.columns, zip(titles, *rows, total, strict=True), strict=True):
        widest = max(map(cell_len, cells))
        column.min_width = widest if column.no_wrap else min(widest, MOST_OF_WORDS)
    for row in rows:
        table.add_row(*map(Text, row))
    if len(rows) > 1:
        table.add_section()
        table.add_row(*map(Text, total), style="bold")
    return table


def _document(report: Report, ending: CostReport | None, kind: Format) -> bytes:
    match kind:
        case Format.PARQUET:
            return formats.as_parquet(report)
        case Format.JSON:
            told = {**(ending.as_json() if ending else {}), **formats.as_json(report)}
            text = json.dumps(told, indent=2, ensure_ascii=False) + "\n"
        case Format.CSV:
            text = formats.as_csv(report)
        case Format.MARKDOWN:
            text = formats.as_markdown(report)
        case Format.TABLE:
            written = StringIO()
            show(report, ending, Console(file=written, width=WIDTH_OF_FILES))
            text = written.getvalue()
    return text.encode(errors="backslashreplace")


def write_page(page: str, file: Path | None) -> None:
    """Write a report as a page to a file or to stdout."""
    if file is None:
        sys.stdout.write(page)
    else:
        _keep(page.encode(errors="backslashreplace"), file)


def _keep(document: bytes, file: Path) -> None:
    try:
        file.write_bytes(document)
    except OSError as error:
        raise SettingError(
            f"--out {file} cannot be written: {error.strerror}.", cure="Name a file in a folder that you may write to."
        ) from error
    note(f"Report: {file}")
