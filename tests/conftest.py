"""What holds of the whole run of tests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.fuzzing import limit_memory

if TYPE_CHECKING:
    import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The simulated worlds keep both cores busy for two minutes: begun first, they go on beside tests that wait."""
    items.sort(key=lambda item: "simulated_world" not in item.nodeid)


def pytest_configure() -> None:
    """A fuzz must not fill the machine; the suite starts servers and shares its process with all their clients."""
    if "FUZZ_CASES" in os.environ:
        limit_memory()
