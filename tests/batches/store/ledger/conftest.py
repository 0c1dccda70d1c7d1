"""Each test has a ledger of its own: a real file, opened as the program opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batches.store.ledger import Ledger
from tests.batches.store.ledger.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=["sqlite"])
def url(tmp_path: Path) -> str:
    """The address of an empty database, one per kind of database."""
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with Ledger(url) as opened:
        yield opened


@pytest.fixture
def world(ledger: Ledger) -> Iterator[World]:
    """A ledger and a clock; at the end every move that was made must be one of the table."""
    begun = World(ledger)
    yield begun
    begun.keeps_the_table_of_moves()
