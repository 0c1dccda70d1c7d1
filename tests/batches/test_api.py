"""What a notebook imports."""

from __future__ import annotations

from pathlib import Path

import pytest

import batches
from batches import load, plan
from batches.errors import FluxbatchError

HELLO = Path(__file__).parents[2] / "batches" / "examples" / "hello.yaml"


def test_a_file_can_be_planned() -> None:
    assert plan(str(HELLO)) == plan(HELLO)
    assert next(plan(HELLO).jobs()).number == 1


def test_a_manifest_can_be_planned() -> None:
    manifest = load(HELLO)
    assert manifest.name == "hello"
    assert plan(manifest) == plan(HELLO)


@pytest.mark.parametrize("name", batches.__all__)
def test_every_name_that_is_promised_is_there(name: str) -> None:
    assert getattr(batches, name).__name__ == name


def test_another_name_is_missed_in_the_usual_words() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'plam'"):
        batches.plam  # noqa: B018  # asking is the deed


def test_what_is_wrong_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(FluxbatchError, match="there is no such file"):
        load(tmp_path / "none.yaml")
