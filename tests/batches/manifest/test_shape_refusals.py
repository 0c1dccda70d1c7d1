"""What a manifest says that version 1 does not know: all of it at once, in the order of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Refused = Callable[[str], list[tuple[str, str, str]]]

HEAD = "version: 1\nname: hello\nprompts: [A fox]\n"
COLON = 'put quotes around a text that has ": " in it'
FORMATS = "'jpeg', 'png' or 'webp'"
PROMPT = "a prompt is a text, or a mapping with `prompt` or `from`"


@pytest.mark.parametrize(
    ("line", "place", "message", "hint"),
    [
        # keys nobody knows: misspelt, misplaced, and what YAML makes of a colon in a text
        ("promts: [x]", "4:1", "unknown key `promts`", 'did you mean "prompts"?'),
        ("width: 512", "4:1", "unknown key `width`", "parameters go under `params`"),
        ("output: {fromat: png}", "4:10", "unknown key `fromat`", 'did you mean "format"?'),
        ("output: {width: 9}", "4:10", "unknown key `width`", "`format`, `name`, `embed` and `check` go here"),
        ("output: {check: {sise: fail}}", "4:18", "unknown key `sise`", 'did you mean "size"?'),
        ("output: {check: {size: fial}}", "4:24", "`size` must be 'flag', 'fail' or 'off', not \"fial\"", ""),
        # types: none is turned into another
        ("repeat: '2'", "4:9", '`repeat` must be a whole number, not "2"', ""),
        ("repeat: 2.0", "4:9", "`repeat` must be a whole number, not 2.0", ""),
        ("repeat: true", "4:9", "`repeat` must be a whole number, not true", ""),
        ("seeds: 3", "4:8", "`seeds` must be a list, not 3", ""),
        ("seeds: [1, x]", "4:12", 'value 2 of `seeds` must be a whole number, not "x"', ""),
        ("params: [1]", "4:9", "`params` must be a mapping of names to values, not a list", ""),
        ("output: png", "4:9", '`output` must be a mapping, not "png"', ""),
        ("model: 2", "4:8", "`model` must be text, not 2", "put quotes around it"),
        ("labels: {a: {b: c}}", "4:13", "the label `a` must be text or a number, not a mapping", ""),
        ("labels: {a: }", "4:13", "the label `a` must be text or a number, not nothing", ""),
        # ranges
        ("repeat: 0", "4:9", "`repeat` must be at least 1, not 0", ""),
        ("seeds: []", "4:8", "`seeds` must not be empty", ""),
        (
            "output: {format: jpg}",
            "4:18",
            f'`format` must be {FORMATS}, not "jpg"',
            'did you mean "jpeg"?',
        ),
        ("output: {name: ''}", "4:16", "`name` must not be empty", ""),
    ],
)
def test_a_wrong_line_is_named_with_its_place_and_cure(
    line: str, place: str, message: str, hint: str, refused: Refused
) -> None:
    assert refused(HEAD + line) == [(f"m.yaml:{place}", message, hint)]


@pytest.mark.parametrize(
    ("line", "place", "message", "hint"),
    [
        ("version: 2", "1:10", "`version` must be 1, not 2", ""),
        ("version: true", "1:10", "`version` must be 1, not true", ""),  # though Python says True == 1
        ("version: 1.0", "1:10", "`version` must be 1, not 1.0", ""),
        ("name: My batch", "2:7", '`name` must be lower-case letters, digits and dashes, not "My batch"', ""),
        ("name: 2024", "2:7", "`name` must be text, not 2024", "put quotes around it"),
        ("name:", "2:6", "`name` must be text, not nothing", ""),
        (f"name: {61 * 'x'}", "2:7", "`name` must have at most 60 characters, not 61", ""),
        ("prompts: []", "3:10", "`prompts` must not be empty", ""),
        ("prompts: fox", "3:10", '`prompts` must be a list of prompts, not "fox"', PROMPT),
        ("prompts: [7]", "3:11", "prompt 1 must be text or a mapping, not 7", PROMPT),
        ("prompts: ['  ']", "3:11", "`prompt` must not be empty", ""),
        ("prompts: [{prompt: 7}]", "3:20", "`prompt` must be text, not 7", "put quotes around it"),
        (
            "prompts: [{A fox: red}]",
            "3:12",
            "unknown key `A fox`",
            'put quotes around a text that has ": " in it',
        ),
        ("prompts: {form: x.txt}", "3:11", "unknown key `form`", 'did you mean "from"?'),
        (
            "prompts: {from: 3}",
            "3:17",
            "`from` must be the name of a file or a list of them, not 3",
            "such as `from: prompts.csv`",
        ),
        ("prompts: {from: []}", "3:17", "`from` must not be empty", ""),
        ("prompts: {from: [a.txt, 3]}", "3:25", "value 2 of `from` must be text, not 3", "put quotes around it"),
        (f"prompts: [{{id: {101 * 'x'}}}]", "3:16", "`id` must have at most 100 characters, not 101", ""),
    ],
)
def test_a_required_line_may_be_wrong_too(line: str, place: str, message: str, hint: str, refused: Refused) -> None:
    key = line.partition(":")[0]
    lines = [line if old.startswith(key) else old for old in HEAD.splitlines()]
    assert refused("\n".join(lines)) == [(f"m.yaml:{place}", message, hint)]


def test_what_is_missing_is_said_with_an_example(refused: Refused) -> None:
    assert refused("model: x") == [
        ("m.yaml:1:1", "`name` is missing", "give the batch one, such as `name: hello`"),
        ("m.yaml:1:1", "`prompts` is missing", "say what to draw, one prompt an item"),
        ("m.yaml:1:1", "`version` is missing", "write `version: 1`"),
    ]


@pytest.mark.parametrize(("text", "told"), [("- a", "a list"), ("a", '"a"'), ("---", "nothing")])
def test_a_manifest_is_a_mapping(text: str, told: str, refused: Refused) -> None:
    [(_, message, _)] = refused(text)
    assert message == f"a manifest must be a mapping, not {told}"


def test_all_problems_come_at_once_in_the_order_of_the_file(refused: Refused) -> None:
    text = "version: 2\nname: A\nseeds: 1\nprompts:\n  - promt: x\n  - [y]\nlabels: []\n"
    assert [place for place, _, _ in refused(text)] == [
        "m.yaml:1:10",
        "m.yaml:2:7",
        "m.yaml:3:8",
        "m.yaml:5:5",
        "m.yaml:6:5",
        "m.yaml:7:9",
    ]


def test_an_id_names_one_prompt(refused: Refused) -> None:
    text = "version: 1\nname: a\nprompts:\n  - {id: owl, prompt: x}\n  - {id: owl, prompt: y}\n"
    hint = "give each prompt its own, or none"
    assert refused(text) == [("m.yaml:5:10", 'the id "owl" comes twice, first in the prompt at m.yaml:4:5', hint)]
