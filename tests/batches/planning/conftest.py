"""A plan is made from a file, so each test writes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batches.manifest import ManifestError, read_manifest
from batches.planning import Plan, make_plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAD = "version: 1\nname: hello\n"


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Plan]:
    """The plan of a manifest with these lines below version and name, that is from line 3."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "m.yaml"

    def planner(text: str) -> Plan:
        path.write_text(HEAD + text, encoding="utf-8")
        return make_plan(read_manifest(path.relative_to(tmp_path)))

    return planner


@pytest.fixture
def refused(plan: Callable[[str], Plan]) -> Callable[[str], list[tuple[str, str, str]]]:
    """Place, message and hint of everything that keeps these lines from being planned."""

    def refusals(text: str) -> list[tuple[str, str, str]]:
        with pytest.raises(ManifestError) as caught:
            plan(text)
        return [(str(one.place), one.message, one.hint) for one in caught.value.problems]

    return refusals
