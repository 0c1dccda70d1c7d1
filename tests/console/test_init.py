"""`fluxbatch init` gives a person something that works."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from batches.errors import FluxbatchError, SettingError
from batches.manifest import read_manifest
from batches.models import UnknownModel, catalogue
from batches.planning import make_plan
from console.actions.beginning import begin
from console.actions.wishing import Wish
from console.cli import questions
from console.cli.questions import ask_wish

if TYPE_CHECKING:
    from collections.abc import Sequence

PLAIN = [
    model.name
    for model in catalogue()
    if model.produces == "image" and model.json_schema()["required"] in ([], ["prompt"])
]
USUAL = Wish(model="flux-dev")

ANIMALS = "subject,time,params.steps\nan owl,dawn,20\na fox,noon,30\n"
PROMPTS = "prompt,id\nan owl,o\na fox,f\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the person is, with two tables of prompts."""
    monkeypatch.chdir(tmp_path)
    Path("animals.csv").write_text(ANIMALS)
    Path("prompts.csv").write_text(PROMPTS)
    return tmp_path


@pytest.mark.parametrize("model", PLAIN)
def test_what_it_writes_can_be_planned_as_it_is(model: str) -> None:
    manifest, schema = begin(Path("My posters.yaml"), Wish(model=model), force=False)
    plan = make_plan(read_manifest(manifest))
    assert (plan.name, plan.asked) == ("my-posters", 3)
    assert manifest.read_text().startswith(f"# yaml-language-server: $schema=./{schema.name}\n")
    assert json.loads(schema.read_text())["title"] == "fluxbatch manifest, version 1"


def test_everything_that_is_wished_for_is_in_the_plan() -> None:
    wish = Wish(
        model="flux-2-pro", prompts=['a "heron": {grey}', "- an owl"],
        seeds=4, size="1024x768", format="png", budget="2.5",
    )  # fmt: skip
    plan = make_plan(read_manifest(begin(Path("birds"), wish, force=False)[0]))
    jobs = list(plan.jobs())
    assert [job.seed for job in jobs] == [1, 2, 3, 4] * 2
    assert {job.prompt for job in jobs} == {'a "heron": {grey}', "- an owl"}
    assert {name: jobs[0].params[name] for name in ("width", "height", "output_format")} == {
        "width": 1024, "height": 768, "output_format": "png",
    }  # fmt: skip
    assert plan.policy.budget is not None
    assert plan.policy.budget.micro_credits == 2_500_000


def test_a_table_is_named_from_where_the_manifest_lies_and_its_columns_make_the_prompts() -> None:
    wish = Wish(model="flux-dev", source=Path("animals.csv"), prompts=["{subject} at {time}"])
    manifest, _ = begin(Path("made/here/animals.yaml"), wish, force=False)
    jobs = list(make_plan(read_manifest(manifest)).jobs())
    assert [(job.prompt, job.params["steps"]) for job in jobs] == [("an owl at dawn", 20), ("a fox at noon", 30)]
    assert "{subject}, {time}, {params.steps}" in manifest.read_text()


def test_a_table_with_prompts_needs_no_template() -> None:
    manifest, _ = begin(Path("made"), Wish(model="flux-dev", source=Path("prompts.csv")), force=False)
    assert [job.prompt for job in make_plan(read_manifest(manifest)).jobs()] == ["an owl", "a fox"]


REFUSED = {
    "a size of no model": (Wish(model="flux-dev", size="1000x100"), "`width` is 1000"),
    "a size that is none": (Wish(model="flux-dev", size="large"), '"large" is no size'),
    "a ratio that the model does not take": (Wish(model="flux-dev", size="16:9"), "`aspect_ratio` is not a parameter"),
    "a format that is none": (Wish(model="flux-dev", format="gif"), "`output_format` is"),
    "seeds where there are none": (Wish(model="flux-3-image", seeds=2), "takes no seed"),
    "a picture that nobody gives": (Wish(model="flux-tools/deblur-v1"), "`image` is missing"),
    "no budget": (Wish(model="flux-dev", budget="0"), '"0" is no budget'),
    "a budget without end": (Wish(model="flux-dev", budget="inf"), '"inf" is no budget'),
    "a table without prompts": (Wish(model="flux-dev", source=Path("animals.csv")), "none is `prompt`"),
    "a column that is none": (
        Wish(model="flux-dev", source=Path("animals.csv"), prompts=["{subjekt}"]), "there is no column `subjekt`",
    ),
    "a brace left open": (Wish(model="flux-dev", source=Path("animals.csv"), prompts=["{sub"]), "a brace is left open"),
    "a file that is none": (Wish(model="flux-dev", source=Path("none.csv")), "none.csv"),
    "two templates": (Wish(model="flux-dev", source=Path("prompts.csv"), prompts=["a", "b"]), "the template of every"),
}  # fmt: skip


@pytest.mark.parametrize(("wish", "said"), REFUSED.values(), ids=REFUSED)
def test_what_no_plan_could_have_is_told_and_nothing_is_written(folder: Path, wish: Wish, said: str) -> None:
    with pytest.raises(FluxbatchError) as told:
        begin(Path("mine"), wish, force=False)
    assert said in str(told.value)
    assert sorted(file.name for file in folder.iterdir()) == ["animals.csv", "prompts.csv"]


def test_a_manifest_that_exists_is_kept_unless_forced() -> None:
    Path("mine.yaml").write_text("precious")
    with pytest.raises(SettingError, match="exists already"):
        begin(Path("mine"), USUAL, force=False)
    assert Path("mine.yaml").read_text() == "precious"
    begin(Path("mine"), USUAL, force=True)
    assert Path("mine.yaml").read_text() != "precious"


def test_a_model_that_is_none_writes_nothing() -> None:
    with pytest.raises(UnknownModel):
        begin(Path("mine"), Wish(model="flux-devv"), force=False)
    assert not Path("mine.yaml").exists()


def answering(answers: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Somebody who gives these answers; returns the questions, as they come. An empty answer is Enter."""
    asked: list[str] = []
    left = iter(answers)

    def prompt(question: str, *, default: str, **_: object) -> str:
        asked.append(question)
        return next(left) or default

    monkeypatch.setattr(questions.typer, "prompt", prompt)
    return asked


def test_enter_alone_is_an_answer_to_every_question(monkeypatch: pytest.MonkeyPatch) -> None:
    answering([""] * 8, monkeypatch)
    assert ask_wish(None, Path("first.yaml"), "flux-dev", force=False) == (
        Path("first.yaml"),
        Wish(model="flux-dev", prompts=[]),
    )


def test_an_answer_that_cannot_be_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("taken.yaml").touch()
    answers = ["taken", "birds", "flux-devv", "flux-dev", "none.csv", "animals.csv", "{subjekt}", "{subject}"]
    asked = answering([*answers, "many", "2", "1000x100", "1024x768", "gif", "png", "-1", "20"], monkeypatch)
    file, wish = ask_wish(None, Path("first.yaml"), "flux-dev", force=False)
    assert asked == [question for question in asked[::2] for _ in range(2)]
    assert file == Path("birds.yaml")
    assert wish == Wish(
        model="flux-dev", source=Path("animals.csv"), prompts=("{subject}",),
        seeds=2, size="1024x768", format="png", budget="20",
    )  # fmt: skip
    assert 'did you mean "flux-dev"?' in capsys.readouterr().err
