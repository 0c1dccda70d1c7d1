"""A manifest is a file, so each test writes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batches.manifest import Manifest, ManifestError, Problems, Row, Seals, read_manifest, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str | bytes], Manifest]:
    """Read a manifest of this text, written to `m.yaml` in the current folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "m.yaml"

    def reader(text: str | bytes) -> Manifest:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_manifest(path.relative_to(tmp_path))

    return reader


@pytest.fixture
def rows(read: Callable[[str | bytes], Manifest]) -> Callable[[str | bytes], list[Row]]:
    """All rows of a manifest of this text; raises ManifestError with what is wrong with any of them."""
    return lambda text: all_rows(read(text))


def all_rows(manifest: Manifest) -> list[Row]:
    problems = Problems()
    found = list(rows_of(manifest, problems, Seals()))
    problems.refuse()
    return found


@pytest.fixture
def refused(rows: Callable[[str | bytes], list[Row]]) -> Callable[[str | bytes], list[tuple[str, str, str]]]:
    """Place, message and hint of every problem of this text."""

    def refusals(text: str | bytes) -> list[tuple[str, str, str]]:
        with pytest.raises(ManifestError) as caught:
            rows(text)
        return [(str(one.place), one.message, one.hint) for one in caught.value.problems]

    return refusals
