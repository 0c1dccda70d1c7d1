"""What holds of the whole run of tests."""

from __future__ import annotations

import os

from tests.fuzzing import limit_memory


def pytest_configure() -> None:
    """A fuzz must not fill the machine; the suite starts servers and shares its process with all their clients."""
    if "FUZZ_CASES" in os.environ:
        limit_memory()
