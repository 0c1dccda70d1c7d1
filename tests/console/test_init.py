"""`fluxbatch init` gives a person something that works."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from batches.errors import SettingError
from batches.manifest import read_manifest
from batches.models import UnknownModel, catalogue
from batches.planning import make_plan
from console.actions.beginning import begin

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = [
    model.name
    for model in catalogue()
    if model.produces == "image" and model.json_schema()["required"] in ([], ["prompt"])
]


@pytest.mark.parametrize("model", PLAIN)
def test_what_it_writes_can_be_planned_as_it_is(tmp_path: Path, model: str) -> None:
    manifest, schema = begin(tmp_path / "My posters.yaml", model=model, force=False)
    plan = make_plan(read_manifest(manifest))
    assert (plan.name, plan.asked) == ("my-posters", 3)
    assert manifest.read_text().startswith(f"# yaml-language-server: $schema=./{schema.name}\n")
    assert json.loads(schema.read_text())["title"] == "fluxbatch manifest, version 1"


def test_a_manifest_that_exists_is_kept_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("precious")
    with pytest.raises(SettingError, match="exists already"):
        begin(tmp_path / "mine", model="flux-dev", force=False)
    assert (tmp_path / "mine.yaml").read_text() == "precious"
    begin(tmp_path / "mine", model="flux-dev", force=True)
    assert (tmp_path / "mine.yaml").read_text() != "precious"


def test_a_model_that_is_none_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel):
        begin(tmp_path / "mine", model="flux-devv", force=False)
    assert list(tmp_path.iterdir()) == []
