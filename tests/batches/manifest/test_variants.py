"""Each prompt with every combination that is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.manifest import Row

    Rows = Callable[[str], list[Row]]
    Refused = Callable[[str], list[tuple[str, str, str]]]

HEAD = "version: 1\nname: hello\n"
FOX = "prompts: ['A fox']\n"
KEEP = "keep one of them"


def told(rows: list[Row]) -> list[tuple[object, ...]]:
    return [(row.model, *row.variant.params.values()) for row in rows]


def test_a_list_of_models_makes_each_prompt_with_each(rows: Rows) -> None:
    found = rows(HEAD + "models: [flux-2-pro, flux-dev]\nprompts: [a, b]")
    assert [(row.prompt, row.model) for row in found] == [
        ("a", "flux-2-pro"),
        ("a", "flux-dev"),
        ("b", "flux-2-pro"),
        ("b", "flux-dev"),
    ]


def test_a_mapping_of_models_gives_each_its_own_parameters(rows: Rows) -> None:
    found = rows(HEAD + "models: {flux-2-pro: {width: 1024}, flux-dev: {steps: 20}, flux-kontext-pro: }\n" + FOX)
    assert [(row.model, row.variant.params) for row in found] == [
        ("flux-2-pro", {"width": 1024}),
        ("flux-dev", {"steps": 20}),
        ("flux-kontext-pro", {}),
    ]


def test_a_matrix_crosses_models_variables_and_parameters_the_last_fastest(rows: Rows) -> None:
    matrix = "matrix: {model: [flux-dev, flux-2-pro], style: [oil, 1.10], params.width: [512, 768]}\n"
    found = rows(HEAD + matrix + "prompts: ['A fox, {style}']")
    assert [(row.model, row.prompt, row.variant.params["width"]) for row in found] == [
        ("flux-dev", "A fox, oil", 512),
        ("flux-dev", "A fox, oil", 768),
        ("flux-dev", "A fox, 1.10", 512),
        ("flux-dev", "A fox, 1.10", 768),
        ("flux-2-pro", "A fox, oil", 512),
        ("flux-2-pro", "A fox, oil", 768),
        ("flux-2-pro", "A fox, 1.10", 512),
        ("flux-2-pro", "A fox, 1.10", 768),
    ]


def test_zip_pairs_values_and_crosses_with_the_matrix(rows: Rows) -> None:
    text = "matrix: {model: [flux-dev, flux-2-pro]}\nzip: {params.width: [512, 768], params.height: [768, 512]}\n"
    assert told(rows(HEAD + text + FOX)) == [
        ("flux-dev", 512, 768),
        ("flux-dev", 768, 512),
        ("flux-2-pro", 512, 768),
        ("flux-2-pro", 768, 512),
    ]


MATRIX = HEAD + "model: flux-dev\nmatrix: {params.width: [512, 768], params.steps: [10, 20]}\n" + FOX


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("exclude: [{params.width: 512, params.steps: 20}]", [(512, 10), (768, 10), (768, 20)]),
        ("exclude: [{params.width: 512}]", [(768, 10), (768, 20)]),
        ("include: [{params.width: 512}]", [(512, 10), (512, 20)]),
        ("include: [{params.width: 512}, {params.steps: 20}]", [(512, 10), (512, 20), (768, 20)]),
        ("include: [{params.width: 512}]\nexclude: [{params.steps: 20}]", [(512, 10)]),
    ],
)
def test_combinations_are_included_and_excluded_by_some_of_their_values(
    text: str, left: list[tuple[int, int]], rows: Rows
) -> None:
    assert told(rows(MATRIX + text)) == [("flux-dev", *one) for one in left]


def test_every_row_of_a_source_is_made_with_every_variant_and_keeps_one_id(rows: Rows) -> None:
    Path("p.csv").write_text("id,subject\nfox,A fox\nowl,An owl\n")
    text = "matrix: {style: [oil, ink]}\nprompt: '{subject}, {style}'\nlabels: {style: '{style}'}\n"
    found = rows(HEAD + text + "prompts: {from: p.csv}")
    assert [(row.id, row.prompt, row.labels["style"]) for row in found] == [
        ("fox", "A fox, oil", "oil"),
        ("fox", "A fox, ink", "ink"),
        ("owl", "An owl, oil", "oil"),
        ("owl", "An owl, ink", "ink"),
    ]


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        # shapes
        ("models: [a, a]", "4:9", "`models` must name each model once, not a list", ""),
        ("models: []", "4:9", "`models` must not be empty", ""),
        (
            "models: 3",
            "4:9",
            "`models` must be a list of models, or a mapping of models to their parameters, not 3",
            "",
        ),
        ("models: {a: 3}", "4:13", "`a` must be a mapping of names to values, not 3", ""),
        ("matrix: {a: x}", "4:13", '`a` must be a list, not "x"', ""),
        ("matrix: {a: []}", "4:13", "`a` must not be empty", ""),
        ("matrix: [a]", "4:9", "`matrix` must be a mapping of names to values, not a list", ""),
        ("matrix: {a: [[x]]}", "4:14", "`a` must be text or a number", ""),
        ("exclude: {a: x}", "4:10", "`exclude` must be a list, not a mapping", ""),
        # what does not fit together
        (
            "zip: {a: [x, y], b: [z]}",
            "4:18",
            "`b` has 1 values and `a` has 2",
            "`zip` pairs them; `matrix` crosses them",
        ),
        ("matrix: {a: [x]}\nzip: {a: [y]}", "5:11", "`a` is set here and at m.yaml:4:14", KEEP),
        ("models: [x]\nmatrix: {model: [y]}", "5:18", "`model` is set here and at m.yaml:4:10", KEEP),
        ("model: x\nmodels: [y]", "5:10", "`model` is set here and at m.yaml:4:8", KEEP),
        ("matrix: {seed: [1]}", "4:17", "`seed` does not vary here", "write `seeds`"),
        (
            "matrix: {a: [x]}\nexclude: [{b: x}]",
            "5:12",
            "nothing called `b` varies",
            "it names what `models`, `matrix` and `zip` vary",
        ),
        (
            "matrix: {style: [x]}\nexclude: [{stile: x}]",
            "5:12",
            "nothing called `stile` varies",
            'did you mean "style"?',
        ),
        ("matrix: {a: [x]}\ninclude: [{a: y}]", "5:11", "no combination is like this", "check the values"),
        ("matrix: {a: [x]}\nexclude: [{a: x}]", "5:10", "no combination is left", ""),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(
    text: str, place: str, message: str, hint: str, refused: Refused
) -> None:
    assert refused(HEAD + FOX + text) == [(f"m.yaml:{place}", message, hint)]


def test_too_many_combinations_are_refused_before_any_is_made(refused: Refused) -> None:
    hundred = str(list(range(100)))
    [(_, message, _)] = refused(f"{HEAD}{FOX}matrix: {{a: {hundred}, b: {hundred}, c: {hundred}}}")
    assert message == "these are 1,000,000 combinations; a manifest has at most 10,000"


@pytest.mark.parametrize(
    ("prompt", "place"), [("model: x", "5:30"), ("params: {width: 1}", "5:39"), ("vars: {style: x}", "5:37")]
)
def test_an_entry_cannot_set_what_varies(prompt: str, place: str, refused: Refused) -> None:
    text = f"{HEAD}models: {{a: {{width: 2}}}}\nmatrix: {{style: [y]}}\nprompts: [{{prompt: a, {prompt}}}]"
    [(where, message, hint)] = refused(text)
    assert where == f"m.yaml:{place}"
    assert "is set here and varies at m.yaml:" in message
    assert hint == KEEP


@pytest.mark.parametrize("column", ["model", "params.width", "style"])
def test_a_column_cannot_set_what_varies(column: str, refused: Refused) -> None:
    Path("p.csv").write_text(f"prompt,{column}\na,1\n")
    [(place, message, hint)] = refused(
        f"{HEAD}models: {{a: {{width: 2}}}}\nmatrix: {{style: [y]}}\nprompts: {{from: p.csv}}"
    )
    assert (place, hint) == ("p.csv:2:1", KEEP)
    assert message.startswith(f"`{column}` is a column here and varies at m.yaml:")
