"""Parameters are templates over the row, and the nearest layer that says one has the word."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from batches.manifest import layers

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.manifest import Row

    Rows = Callable[[str], list[Row]]
    Refused = Callable[[str], list[tuple[str, str, str]]]

HEAD = "version: 1\nname: m\n"


def told(row: Row) -> dict[str, object]:
    """All parameters of a row, those of its source over the manifest's."""
    return {**layers(row.item, row.variant).plain, **row.params, **row.texts}


@pytest.mark.parametrize(
    ("text", "params", "reason"),
    [
        ("params: {x: '{a}.jpg', y: 5}\nprompts: {from: r.csv}", {"x": "1.jpg", "y": 5}, "a default"),
        ("prompts: {from: r.csv, params: {x: '{a}{b}'}}", {"x": "12"}, "an entry's own"),
        ("params: {x: '{a}'}\nprompts: {from: r.csv, params: {x: '{b}'}}", {"x": "2"}, "entry over default"),
        ("params: {x: '{a}'}\nprompts: {from: r.csv, params: {x: 7}}", {"x": 7}, "though it is no template"),
        ("params: {x: '{a}'}\nmatrix: {params.x: [7]}\nprompts: {from: r.csv}", {"x": 7}, "variant over default"),
        ("params: {x: '{a}'}\nmatrix: {params.x: ['{b}']}\nprompts: {from: r.csv}", {"x": "2"}, "both are templates"),
        ("models: {m: {x: '{a}'}}\nprompts: {from: r.csv}", {"x": "1"}, "of one model alone"),
        ("params: {own: '{none}'}\nprompts: {from: r.csv}", {"own": "3"}, "a column over all, and nothing is missing"),
        ("params: {x: ['{a}.jpg', '{b}.jpg', c]}\nprompts: {from: r.csv}", {"x": ["1.jpg", "2.jpg", "c"]}, "a list"),
        ("params: {x: '{blank}'}\nprompts: {from: r.csv}", {}, "what comes out blank is not said"),
        ("params: {x: ['{blank}', '{a}']}\nprompts: {from: r.csv}", {"x": ["1"]}, "nor is it in a list"),
        ("params: {x: ['{blank}']}\nprompts: {from: r.csv}", {}, "nor is an empty list"),
        ("params: {x: '{{a}}'}\nprompts: {from: r.csv}", {"x": "{a}"}, "double braces are braces"),
        ("vars: {a: 4}\nparams: {x: '{a}'}\nprompts: [p]", {"x": "4"}, "a prompt without a source"),
        ("params: {x: '{a'}\nprompts: [p]", {"x": "{a"}, "with nothing to fill in braces are braces"),
    ],
)
def test_what_a_parameter_comes_to(text: str, params: dict[str, object], reason: str, rows: Rows) -> None:
    Path("r.csv").write_text("prompt,a,b,blank,params.own\np,1,2,,3\n")
    [row] = rows(HEAD + text)
    expected = params if "own" in params or "from" not in text else {**params, "own": "3"}
    assert told(row) == expected, reason


def test_typed_sources_go_before_templates_too(rows: Rows) -> None:
    Path("r.jsonl").write_text('{"prompt": "p", "a": 1, "params": {"x": 9}}\n{"prompt": "q", "a": 2}\n')
    found = rows(HEAD + "params: {x: '{a}'}\nprompts: {from: r.jsonl}")
    assert [told(row) for row in found] == [{"x": 9}, {"x": "2"}]


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("params: {x: 'a{'}\nprompts: {from: r.csv}", "m.yaml:3:13", "a brace is left open or closed alone"),
        ("params: {x: [a, 'b}']}\nprompts: {from: r.csv}", "m.yaml:3:17", "a brace is left open or closed alone"),
        ("prompts: {from: r.csv, params: {x: 'a{'}}", "m.yaml:3:36", "a brace is left open or closed alone"),
        ("matrix: {params.x: ['a{']}\nprompts: [p]", "m.yaml:3:21", "a brace is left open or closed alone"),
        ("params: {x: '{c}'}\nprompts: {from: r.csv}", "r.csv:2:1", "there is no variable {c} here"),
        ("params: {x: [a, '{c}']}\nprompts: {from: r.csv}", "r.csv:2:1", "there is no variable {c} here"),
    ],
)
def test_a_template_that_cannot_be_filled_is_named(text: str, place: str, message: str, refused: Refused) -> None:
    Path("r.csv").write_text("prompt,a\np,1\n")
    assert [(where, what) for where, what, _ in refused(HEAD + text)] == [(place, message)]


class TestPictures:
    """A folder of pictures is a source."""

    def test_each_is_a_row_in_the_order_of_their_names(self, rows: Rows) -> None:
        Path("p").mkdir()
        for name in ("b.JPG", "a.png", "c.webp", "d.jpeg"):
            (Path("p") / name).touch()
        found = rows(HEAD + "prompts: {from: p/*, id: '{stem}', prompt: dusk, params: {x: '{file}'}}")
        assert [(row.id, row.texts["x"], str(row.place)) for row in found] == [
            ("a", "p/a.png", "p/a.png"),
            ("b", "p/b.JPG", "p/b.JPG"),
            ("c", "p/c.webp", "p/c.webp"),
            ("d", "p/d.jpeg", "p/d.jpeg"),
        ]

    def test_one_that_is_not_there_is_named(self, refused: Refused) -> None:
        assert refused(HEAD + "prompts: {from: a.png, prompt: dusk}") == [
            ("m.yaml:3:17", "cannot read a.png: there is no such file", "")
        ]

    def test_what_is_neither_picture_nor_table_is_named(self, refused: Refused) -> None:
        [(_, message, hint)] = refused(HEAD + "prompts: {from: a.gif, prompt: dusk}")
        assert message == "cannot read prompts from a.gif"
        assert hint.endswith("or a picture")
