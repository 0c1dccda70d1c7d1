"""What the cells of a source become when the model has its say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.planning import Plan

    Planner = Callable[[str], Plan]
    Refused = Callable[[str], list[tuple[str, str, str]]]

FROM = "prompts: {from: p.csv}"


@pytest.mark.parametrize(
    ("model", "name", "cell", "value"),
    [
        ("flux-dev", "width", "1024", 1024),
        ("flux-dev", "width", " 512 ", 512),
        ("flux-dev", "guidance", "2.5", 2.5),
        ("flux-dev", "guidance", "3", 3),
        ("flux-dev", "prompt_upsampling", "TRUE", True),
        ("flux-dev", "output_format", "png", "png"),
        ("flux-2-pro", "user", "0042", "0042"),  # text stays text, whatever it looks like
    ],
)
def test_a_cell_becomes_what_the_model_takes(model: str, name: str, cell: str, value: object, plan: Planner) -> None:
    Path("p.csv").write_text(f"prompt,params.{name}\na,{cell}\n")
    [job] = plan(f"model: {model}\n{FROM}").jobs()
    assert job.params[name] == value
    assert type(job.params[name]) is type(value)


@pytest.mark.parametrize(
    ("name", "cell", "message"),
    [
        ("width", "10x4", "`width` is '10x4'; it must be a whole number from 256 to 1440 in steps of 32 for flux-dev"),
        ("width", "100", "`width` is 100; it must be a whole number from 256 to 1440 in steps of 32 for flux-dev"),
        ("guidance", "1e3", "`guidance` is '1e3'; it must be a number from 1.5 to 5 for flux-dev"),
        ("widht", "512", "`widht` is not a parameter of flux-dev"),
        ("prompt", "a", "`prompt` is not set here"),
    ],
)
def test_a_cell_that_does_not_fit_is_named_with_its_row(name: str, cell: str, message: str, refused: Refused) -> None:
    Path("p.csv").write_text(f"prompt,params.{name}\na,\nb,{cell}\n")
    assert [(place, told) for place, told, _ in refused(f"model: flux-dev\n{FROM}")] == [("p.csv:3:1", message)]


def test_a_row_may_name_its_own_model_and_seed(plan: Planner) -> None:
    Path("p.csv").write_text("prompt,model,seed\na,flux-2-pro,7\nb,,8\nc,,\n")
    jobs = plan(f"model: flux-dev\n{FROM}").jobs()
    assert [(job.model, job.seed) for job in jobs] == [("flux-2-pro", 7), ("flux-dev", 8), ("flux-dev", None)]


def test_cells_go_before_the_entry_and_the_defaults(plan: Planner) -> None:
    Path("p.csv").write_text("prompt,params.width\na,512\nb,\n")
    text = "model: flux-dev\nparams: {width: 256, height: 256}\nprompts: {from: p.csv, params: {width: 768}}"
    assert [(job.params["width"], job.params["height"]) for job in plan(text).jobs()] == [(512, 256), (768, 256)]


def test_a_model_that_is_wrong_in_a_row_is_blamed_there(refused: Refused) -> None:
    Path("p.csv").write_text("prompt,model\na,flux-dve\n")
    [(place, message, _)] = refused(f"model: flux-dev\n{FROM}")
    assert (place, message) == ("p.csv:2:1", 'There is no model "flux-dve"; did you mean "flux-dev"?')


def test_three_of_the_same_problem_are_told_and_the_rest_counted(plan: Planner) -> None:
    Path("p.csv").write_text("prompt,params.width\n" + "a,1\n" * 1200)
    with pytest.raises(Exception, match="… and 1,197 more like it"):
        plan(f"model: flux-dev\n{FROM}")


class TestNames:
    """File names may use what the row has."""

    def test_columns_and_variables_are_made_safe(self, plan: Planner) -> None:
        Path("p.csv").write_text("prompt,mood\na,../glad\nb,\n")
        text = "model: flux-dev\nvars: {year: 2024}\noutput: {name: '{year}/{mood}-{number}'}\n"
        names = [job.output_name for job in plan(text + FROM).jobs()]
        assert names == ["2024/glad-0001.jpeg", "2024/0002.jpeg"]

    def test_a_name_that_a_row_does_not_have_is_refused_once(self, refused: Refused) -> None:
        Path("p.csv").write_text("prompt,mood\na,x\nb,y\n")
        [(place, message, hint)] = refused(f"model: flux-dev\noutput: {{name: '{{mod}}-{{number}}'}}\n{FROM}")
        assert (place, message) == ("m.yaml:4:16", "there is no placeholder {mod}")
        assert hint == "placeholders are {id}, {model}, {seed}, {number}, {name}, {prompt}, {mood}"

    def test_what_is_filled_into_names_is_part_of_the_plan(self, plan: Planner) -> None:
        text = f"model: flux-dev\noutput: {{name: '{{number}}-{{mood}}'}}\n{FROM}"
        Path("p.csv").write_text("prompt,mood\na,x\n")
        one = plan(text)
        Path("p.csv").write_text("prompt,mood\na,y\n")
        assert plan(text).fingerprint != one.fingerprint
