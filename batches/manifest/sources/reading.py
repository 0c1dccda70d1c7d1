"""A source -> records, whatever its format."""

from __future__ import annotations

import gzip
import io
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

from batches.manifest.files import opened
from batches.manifest.problem import ManifestError, Place, Problem, Problems
from batches.manifest.sources.jsonl import json_lines
from batches.manifest.sources.parquet import parquet_rows
from batches.manifest.sources.record import Record
from batches.manifest.sources.stream import CHUNK, Hashed, lines_of
from batches.manifest.sources.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import FileIO
    from pathlib import Path

    from batches.manifest.seals import Seals
    from batches.manifest.sources.finding import Source

LINED = (".txt", ".csv", ".tsv", ".jsonl")
PARQUET = ".parquet"
PICTURES = (".jpg", ".jpeg", ".png", ".webp")


def records(source: Source, problems: Problems, seals: Seals) -> Iterator[Record]:
    """Every row of this file. Wrong rows are told to `problems`; a file that cannot be read raises ManifestError."""
    path, asked_at = source.path, source.asked_at
    if path.suffix.lower() in PICTURES:
        with opened(path, asked_at):  # and not read: its digest is in the fingerprints of the jobs that send it
            yield Record(0, {"file": source.name, "stem": path.stem})
        return
    if path.suffix != PARQUET and _format_of(path) not in LINED:
        message = f"cannot read prompts from {path.name}"
        hint = f"name a file that ends in {', '.join(LINED)} (or the same and .gz), {PARQUET}, or a picture"
        raise ManifestError([Problem(asked_at, message, hint)])
    if _is_pipe(path):
        raise ManifestError([Problem(asked_at, f"{path} is a pipe", "write it into a file: it is read more than once")])
    empty, before = True, len(problems)
    with opened(path, asked_at) as file:
        hashed = Hashed(file)
        rows = _parquet(source, file) if path.suffix == PARQUET else _lined(path, hashed, problems)
        for record in rows:
            empty = False
            yield record
        seals.check(path, hashed.seal())
    if empty and len(problems) == before:
        raise ManifestError([Problem(asked_at, f"there is no prompt in {path}", "write one a line")])


def _is_pipe(path: Path) -> bool:
    """Whether to open it would wait for somebody to write."""
    with suppress(OSError, ValueError):  # as for too long a name: opening it says so
        return path.is_fifo()
    return False


def _format_of(path: Path) -> str:
    """The suffix of the file as it is when it is not packed."""
    return path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix


def is_text(path: Path) -> bool:
    """Whether the format knows no types, so that a number comes as text."""
    return _format_of(path) in {".csv", ".tsv"}


def _parquet(source: Source, file: FileIO) -> Iterator[Record]:
    yield from parquet_rows(file, str(source.path), source.asked_at)
    file.seek(0)  # it was read here and there; its seal is of the bytes in their order


def _lined(path: Path, hashed: Hashed, problems: Problems) -> Iterator[Record]:
    stream: io.BufferedIOBase = io.BufferedReader(hashed, CHUNK)
    if path.suffix == ".gz":
        stream = gzip.GzipFile(fileobj=stream)
    lines = lines_of(stream, str(path))
    try:
        match _format_of(path):
            case ".csv":
                yield from table(lines, str(path), problems, delimiter=",")
            case ".tsv":
                yield from table(lines, str(path), problems, delimiter="\t")
            case ".jsonl":
                yield from json_lines(lines, str(path), problems)
            case _:
                yield from _prompts(lines)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise ManifestError([Problem(Place(str(path)), "this is not a whole gzip file", "pack it again")]) from None


def _prompts(lines: Iterable[str]) -> Iterator[Record]:
    """Every line that is not blank."""
    for number, line in enumerate(lines, 1):
        if prompt := line.strip():
            yield Record(number, {"prompt": prompt})
