"""Real processes: the command as a person starts it, on a simulator of its own, in a home of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import simulator
from tests.end_to_end.people import Company, Person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def company(request: pytest.FixtureRequest) -> Iterator[Company]:
    """As slow as three times the real service, unless a test names another speed."""
    with simulator.running(speed=getattr(request, "param", 3)) as running:
        yield Company(running.url)


@pytest.fixture
def person(tmp_path: Path, company: Company) -> Iterator[Person]:
    somebody = Person(tmp_path, {"FLUXBATCH_API_URL": company.url, "BFL_API_KEY": "a-good-key"})
    yield somebody
    somebody.leaves()
    assert somebody.left_behind() == []
