"""A manifest that comes from afar reaches no file but those that came with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batches.manifest import ManifestError, manifest_in
from batches.planning import Plan, Premises, make_plan
from tests.pictures import picture

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "version: 1\nname: afar\nmodel: flux-2-pro\n"


def planned(text: str, folder: Path, premises: Premises | None = None) -> Plan:
    """What this text comes to in this folder."""
    return make_plan(
        manifest_in((HEAD + text).encode(), folder / "manifest.yaml", confined=True), premises or Premises()
    )


@pytest.mark.parametrize("name", ["{outside}/secret.txt", "../secret.txt", "../*.txt", "inside/../../secret.txt"])
def test_no_source_outside_is_read_or_even_looked_for(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "drafts"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("a prompt")
    name = name.format(outside=tmp_path)
    with pytest.raises(ManifestError, match="is not among the files of this manifest") as refused:
        planned(f"prompts:\n  - from: {name!r}\n", folder)
    assert refused.value.problems[0].hint == "add the file, and write its name alone"


@pytest.mark.parametrize("name", ["{outside}/secret.png", "../secret.png", "../secret.*"])
@pytest.mark.parametrize("where", ["params", "column"])
def test_no_picture_outside_is_read(name: str, where: str, tmp_path: Path) -> None:
    folder = tmp_path / "drafts"
    folder.mkdir()
    picture(tmp_path / "secret.png", 128, 128)
    name = name.format(outside=tmp_path)
    (folder / "rows.jsonl").write_text(f'{{"prompt": "a", "params": {{"input_image": "{name}"}}}}\n')
    text = {
        "params": f"prompts:\n  - prompt: a\n    params: {{input_image: {name!r}}}\n",
        "column": "prompts:\n  - from: rows.jsonl\n",
    }
    with pytest.raises(ManifestError, match="is not among the files of this manifest"):
        planned(text[where], folder)


def test_what_came_with_it_is_found(tmp_path: Path) -> None:
    picture(tmp_path / "cat.png", 128, 128)
    (tmp_path / "rows.csv").write_text("prompt,params.input_image\na,cat.*\nb,cat.png\n")
    jobs = list(planned("prompts:\n  - from: rows.csv\n", tmp_path).jobs())
    assert [job.params["input_image"]["file"] for job in jobs] == [str(tmp_path / "cat.png")] * 2  # type: ignore[index]


def test_planning_ends_with_what_heeds_it(tmp_path: Path) -> None:
    told: list[int] = []

    def heed(images: int) -> None:
        told.append(images)
        if images > 5:
            raise TimeoutError

    with pytest.raises(TimeoutError):
        planned("prompts: [a, b, {prompt: c, repeat: 9}, d]\n", tmp_path, Premises(heed=heed))
    assert told == [1, 2, 11]
