"""Datasets are made of a real ledger and real pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batches.store.ledger import Ledger
from tests.batches.exports.gallery import Gallery
from tests.batches.store.ledger.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[Gallery]:
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        yield Gallery(World(ledger), tmp_path)
