"""How hard the tests of any input look: some hundred cases in the suite, 10,000 with `./run fuzz`."""

from __future__ import annotations

import os
import resource
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable

    Test = TypeVar("Test", bound=Callable[..., None])

CASES = int(os.environ.get("FUZZ_CASES", "300"))
LONGEST_CASE = timedelta(seconds=5)
MOST_MEMORY = 1_000_000_000
"""Bytes of address space, above those at the start."""

settings.register_profile(
    "fuzz", max_examples=CASES, deadline=LONGEST_CASE, suppress_health_check=[HealthCheck.too_slow]
)


def fuzzed(test: Test) -> Test:
    """A test that any input may fail: no traceback, no hang, no flood of memory."""
    return pytest.mark.fuzz(settings(settings.get_profile("fuzz"))(test))


def limit_memory() -> None:
    """From now on this process takes so much more and no byte beyond, where the system keeps such limits."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        taken = int(statm.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + MOST_MEMORY, resource.RLIM_INFINITY))
