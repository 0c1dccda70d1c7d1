"""Reports are read from a real ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batches.store.ledger import Ledger
from tests.batches.store.ledger.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        yield World(ledger)
