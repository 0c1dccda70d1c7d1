"""A source -> records."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from batches.manifest.files import opened
from batches.manifest.problem import ManifestError, Place, Problem
from batches.manifest.sources.stream import CHUNK, Hashed, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from batches.manifest.seals import Seals


class Record(NamedTuple):
    """One row of a source."""

    line: int  #: where it begins, from 1
    prompt: str  #: what to draw


def records(path: Path, asked_at: Place, seals: Seals) -> Iterator[Record]:
    """Every row of this file; raises ManifestError, with `asked_at` to blame for a file that cannot be read."""
    if path.suffix != ".txt":
        message = f"cannot read prompts from {path.name}"
        raise ManifestError([Problem(asked_at, message, "name a .txt file with one prompt a line")])
    empty = True
    with opened(path, asked_at) as file:
        hashed = Hashed(file)
        for record in _prompts(lines_of(io.BufferedReader(hashed, CHUNK), str(path))):
            empty = False
            yield record
        seals.check(path, hashed.seal())
    if empty:
        raise ManifestError([Problem(asked_at, f"there is no prompt in {path}", "write one a line")])


def _prompts(lines: Iterable[str]) -> Iterator[Record]:
    """Every line that is not blank."""
    for number, line in enumerate(lines, 1):
        if prompt := line.strip():
            yield Record(number, prompt)
