"""Texts with names to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batches.manifest import Template

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.manifest import Row

    Rows = Callable[[str], list[Row]]
    Refused = Callable[[str], list[tuple[str, str, str]]]

HEAD = "version: 1\nname: hello\nmodel: flux-dev\n"
VARIABLES = {"a": "A", "two words": "B", "params.width": "512", "x:04": "C", "%s": "D"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("", ""),
        ("{a}{a} and {two words}", "AA and B"),
        ("{{a}} {{{a}}}", "{a} {A}"),  # two braces are one
        ("100% {a} %s", "100% A %s"),
        ("{%s}", "D"),
        ("{params.width}{x:04}", "512C"),  # a name is a name, no attribute and no format
    ],
)
def test_names_are_filled_in_and_nothing_else(text: str, filled: str) -> None:
    assert Template(text).fill(VARIABLES) == filled


@pytest.mark.parametrize("text", ["{", "}", "a {b", "{}", "{a{b}}", "{{}"])
def test_a_brace_alone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a brace is left open or closed alone"):
        Template(text)


@given(st.text())
def test_a_literal_is_filled_with_nothing(text: str) -> None:
    assert Template.literal(text).fill({}) == text


@given(st.text(st.sampled_from("{}%a:.[]! ")), st.text())
def test_any_text_is_refused_or_filled_by_looking_names_up_and_no_more(text: str, value: str) -> None:
    try:
        template = Template(text)
    except ValueError:
        return
    filled = template.fill(dict.fromkeys(template.names, value))
    assert len(filled) == len(template.fill(dict.fromkeys(template.names, ""))) + len(value) * len(template.names)


TEMPLATE = 'prompt: "{subject} at {time}, {style}"\nvars: {style: woodcut, time: noon}\n'


class TestSources:
    """Beside `from`, columns fill in the texts of the manifest."""

    def test_columns_go_before_variables(self, rows: Rows) -> None:
        Path("p.csv").write_text("subject,time\nA fox,dusk\nAn owl,\n")
        found = rows(HEAD + TEMPLATE + "prompts: {from: p.csv}")
        assert [row.prompt for row in found] == ["A fox at dusk, woodcut", "An owl at , woodcut"]

    def test_a_row_with_a_prompt_of_its_own_needs_no_template(self, rows: Rows) -> None:
        Path("p.csv").write_text("prompt,subject\nA red fox {x},\n,An owl\n")
        found = rows(HEAD + TEMPLATE + "prompts: {from: p.csv}")
        assert [row.prompt for row in found] == ["A red fox {x}", "An owl at noon, woodcut"]

    def test_a_template_beside_from_goes_before_the_column(self, rows: Rows) -> None:
        Path("p.txt").write_text("A fox {in} braces\n")
        [row] = rows(HEAD + "prompts: {from: p.txt, prompt: '{prompt}, woodcut'}")
        assert row.prompt == "A fox {in} braces, woodcut"

    def test_ids_and_labels_are_filled_in_too(self, rows: Rows) -> None:
        Path("p.csv").write_text("sku,prompt\n7,A fox\n")
        text = "labels: {sku: 'no. {sku}', by: me}\nprompts: {from: p.csv, id: 'x-{sku}', labels: {team: '{{a}}'}}"
        [row] = rows(HEAD + text)
        assert (row.id, row.labels) == ("x-7", {"sku": "no. 7", "by": "me", "team": "{a}"})

    def test_values_with_types_are_spelt_as_in_json(self, rows: Rows) -> None:
        Path("p.jsonl").write_text('{"a": 1.5, "b": true, "c": [1, "x"]}\n')
        [row] = rows(HEAD + "prompts: {from: p.jsonl, prompt: '{a} {b} {c}'}")
        assert row.prompt == '1.5 true [1, "x"]'

    def test_a_missing_variable_is_named_with_its_row(self, refused: Refused) -> None:
        Path("p.jsonl").write_text('{"subject": "a"}\n{"subjekt": "b"}\n{"x": "c", "subject": null}\n')
        assert refused(HEAD + "prompts: {from: p.jsonl, prompt: '{subject}'}") == [
            ("p.jsonl:2:1", "there is no variable {subject} here", 'did you mean "subjekt"?'),
            ("p.jsonl:3:1", "there is no variable {subject} here", "variables are x"),
        ]


class TestInline:
    """Prompts in the manifest itself are templates once there is something to fill in."""

    def test_without_variables_braces_are_braces(self, rows: Rows) -> None:
        [row] = rows(HEAD + "labels: {a: '{b}'}\nprompts: ['{scene: fox}']")
        assert (row.prompt, row.labels) == ("{scene: fox}", {"a": "{b}"})

    def test_with_variables_they_are_names(self, rows: Rows) -> None:
        found = rows(HEAD + "vars: {style: 1.10}\nprompts: ['A fox, {style}', {prompt: '{style}', vars: {style: x}}]")
        assert [row.prompt for row in found] == ["A fox, 1.10", "x"]

    def test_a_prompt_may_fill_in_the_template_at_the_top(self, rows: Rows) -> None:
        [row] = rows(HEAD + TEMPLATE + "prompts: [{vars: {subject: A fox}}]")
        assert row.prompt == "A fox at noon, woodcut"

    @pytest.mark.parametrize(
        ("text", "place", "message", "hint"),
        [
            (
                "vars: {style: x}\nprompts: ['{stile}']",
                "5:11",
                "there is no variable {stile} here",
                'did you mean "style"?',
            ),
            ("prompt: '{a}'\nprompts: [{id: x}]", "5:11", "there is no variable {a} here", "write it under `vars`"),
            (
                "prompt: '{a'\nprompts: [x]",
                "4:9",
                "a brace is left open or closed alone",
                "write {{ or }} where a brace is meant",
            ),
            ("vars: {a: [x]}\nprompts: [x]", "4:11", "the variable `a` must be text or a number, not a list", ""),
        ],
    )
    def test_what_is_wrong_is_said_where_it_stands(
        self, text: str, place: str, message: str, hint: str, refused: Refused
    ) -> None:
        assert refused(HEAD + text) == [(f"m.yaml:{place}", message, hint)]
