"""How a manifest is understood."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from batches.manifest import Manifest, ManifestError, Place, Row, read_manifest
from tests.batches.manifest.conftest import all_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    Read = Callable[[str | bytes], Manifest]
    Rows = Callable[[str | bytes], list[Row]]
    Refused = Callable[[str], list[tuple[str, str, str]]]

HEAD = "version: 1\nname: hello\n"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        # YAML 1.2: these words and numbers, and no others
        ("~", None),
        ("null", None),
        ("", None),
        ("true", True),
        ("FALSE", False),
        ("12", 12),
        ("-7", -7),
        ("007", 7),
        ("0x1F", 31),
        ("0x10", 16),
        ("010", 10),
        ("+1", 1),
        ("0o17", 15),
        ("2.5", 2.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        # what YAML 1.1 would have turned into a number of minutes, a yes or no, a date, a number, or a mapping
        ("16:9", "16:9"),
        ("2:3", "2:3"),
        ("07:00", "07:00"),
        ("22:00-07:00", "22:00-07:00"),
        *((word, word) for word in ("on", "On", "OFF", "yes", "No", "no", "y", "N")),
        ("2024-01-01", "2024-01-01"),
        ("2024-01-01 07:00:00", "2024-01-01 07:00:00"),
        ("1_000", "1_000"),
        ("1_000.5", "1_000.5"),
        ("0b101", "0b101"),
        ("=", "="),
        ("5%", "5%"),
        # what JSON cannot say
        (".inf", ".inf"),
        (".NaN", ".NaN"),
        ("1e999", "1e999"),
        # longer than any whole number of ours
        (41 * "9", 1e41),
        # quotes make text
        ("'12'", "12"),
        ('"true"', "true"),
        ("'~'", "~"),
    ],
)
def test_a_value_means_what_it_looks_like(written: str, value: object, read: Read) -> None:
    params = read(f"{HEAD}params: {{x: {written}}}\nprompts: [a]\n").items[0].defaults
    assert params == {"x": value}
    assert type(params["x"]) is type(value)


def test_a_key_is_the_text_that_is_written(read: Read) -> None:
    """YAML 1.1 makes True of `on` and 7 of `007`, and then both of two keys are one."""
    item = read(f"{HEAD}params: {{on: 1, yes: 2, true: 3, ~: 4, 007: 5, 7: 6, 07:00: 7, 1e1: 8}}\nprompts: [a]").items[
        0
    ]
    assert list(item.defaults) == ["on", "yes", "true", "~", "007", "7", "07:00", "1e1"]


def test_labels_are_kept_as_written(read: Read) -> None:
    item = read(HEAD + "labels: {release: 1.10, 2024: true, run: 007}\nprompts: [a]").items[0]
    assert item.labels == {"release": "1.10", "2024": "true", "run": "007"}


DEFAULTS_AND_OWN = """
version: 1
name: hello
model: flux-dev
params: {steps: 20}
labels: {a: x, b: y}
seeds: [1, 2]
repeat: 3
prompts:
  - A fox
  - id: owl
    prompt: An owl
    model: flux-2-pro
    params: {width: 512}
    labels: {b: z}
    seeds: [9]
    repeat: 1
"""


def test_a_prompt_says_what_differs_from_the_defaults(rows: Rows) -> None:
    defaults, own = rows(DEFAULTS_AND_OWN)
    assert (defaults.prompt, defaults.id, defaults.model) == ("A fox", None, "flux-dev")
    assert (defaults.item.params, defaults.labels) == ({}, {"a": "x", "b": "y"})
    assert (defaults.seeds, defaults.item.repeat) == ([1, 2], 3)
    assert (own.prompt, own.id, own.model) == ("An owl", "owl", "flux-2-pro")
    assert (own.item.params, own.labels) == ({"width": 512}, {"a": "x", "b": "z"})
    assert (own.seeds, own.item.repeat) == ([9], 1)


def test_what_is_left_open_is_as_if_it_were_not_there(read: Read) -> None:
    manifest = read(HEAD + "model:\nparams:\nlabels:\nseeds:\nrepeat:\noutput:\nprompts: [a]\n")
    item = manifest.items[0]
    assert (item.model, item.params, item.labels, item.seeds, item.repeat) == (None, {}, {}, (), 1)
    assert (manifest.output_format, manifest.output_name.text) == (None, "{number}-{id}")


def test_an_alias_repeats_what_stands_above(read: Read) -> None:
    items = read(HEAD + "prompts:\n  - {prompt: a, params: &p {width: 512}}\n  - {prompt: b, params: *p}\n").items
    assert [item.params for item in items] == [{"width": 512}, {"width": 512}]


def test_blanks_around_a_prompt_do_not_count(rows: Rows) -> None:
    found = rows(HEAD + "prompts:\n  - |\n    A fox\n    in the snow\n  - ' An owl '\n")
    assert [row.prompt for row in found] == ["A fox\nin the snow", "An owl"]


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(rows: Rows) -> None:
    plain = HEAD + "prompts:\n  - A fox\n"
    marked = b"\xef\xbb\xbf" + plain.replace("\n", "\r\n").encode()
    assert [row.prompt for row in rows(marked)] == [row.prompt for row in rows(plain)] == ["A fox"]


def test_the_hash_is_of_the_bytes(read: Read) -> None:
    text = HEAD + "prompts: [größe] # same prompts, other bytes\n"
    assert read(text).sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_every_value_knows_its_place(read: Read) -> None:
    manifest = read(DEFAULTS_AND_OWN)
    fox, owl = all_rows(manifest)
    assert (str(fox.place), str(owl.place)) == ("m.yaml:10:5", "m.yaml:11:5")
    assert str(manifest.place_for(owl, "params", "width")) == "m.yaml:14:21"  # says it itself
    assert str(manifest.place_for(owl, "params", "steps")) == "m.yaml:5:17"  # has it from the defaults
    assert str(manifest.place_for(owl, "params", "height")) == "m.yaml:11:5"  # nobody says it
    assert str(manifest.place("name")) == "m.yaml:3:7"


class TestPromptFiles:
    """One prompt a line."""

    @pytest.mark.parametrize("prompts", ["{from: p.txt}", "[{from: p.txt}]"], ids=["alone", "in a list"])
    def test_each_line_that_is_not_blank_is_a_row_with_its_own_place(self, prompts: str, rows: Rows) -> None:
        Path("p.txt").write_bytes("\ufeffA fox\r\n\r\n  Eine Eule, größer  \nno newline here".encode())
        assert [(row.prompt, row.place) for row in rows(f"{HEAD}prompts: {prompts}")] == [
            ("A fox", Place("p.txt", 1, 1)),
            ("Eine Eule, größer", Place("p.txt", 3, 1)),
            ("no newline here", Place("p.txt", 4, 1)),
        ]

    def test_the_lines_share_what_stands_beside_from(self, rows: Rows) -> None:
        Path("p.txt").write_text("a\nb\n")
        text = "prompts: [{from: p.txt, model: flux-dev, params: {steps: 9}, repeat: 2}]"
        assert [(row.item.model, row.item.params, row.item.repeat) for row in rows(HEAD + text)] == 2 * [
            ("flux-dev", {"steps": 9}, 2)
        ]

    def test_the_path_is_relative_to_the_manifest(self, tmp_path: Path) -> None:
        (tmp_path / "deep").mkdir()
        (tmp_path / "deep" / "m.yaml").write_text(HEAD + "prompts: {from: p.txt}")
        (tmp_path / "deep" / "p.txt").write_text("a fox\n")
        assert [row.prompt for row in all_rows(read_manifest(tmp_path / "deep" / "m.yaml"))] == ["a fox"]

    @pytest.mark.parametrize(
        ("name", "content", "place", "message"),
        [
            ("none.txt", None, "m.yaml:3:17", "cannot read none.txt: there is no such file"),
            ("p.txt", b"\n \n", "m.yaml:3:17", "there is no prompt in p.txt"),
            ("p.txt", b"ok\n\xff\n", "p.txt:2:1", "byte 0xff is not UTF-8"),
            ("p.csv", b"prompt,seed\n", "m.yaml:3:17", "there is no prompt in p.csv"),
            ("p.doc", b"a fox\n", "m.yaml:3:17", "cannot read prompts from p.doc"),
            ('"a\\0.txt"', None, "m.yaml:3:17", "cannot read a\0.txt: embedded null byte"),
        ],
    )
    def test_what_cannot_be_read_is_said_where_it_is_asked_for(
        self, name: str, content: bytes | None, place: str, message: str, refused: Refused
    ) -> None:
        if content is not None:
            Path(name).write_bytes(content)
        assert [(where, what) for where, what, _ in refused(f"{HEAD}prompts: {{from: {name}}}")] == [(place, message)]


class TestTheFileItself:
    """What is no readable file is said as plainly as what is no manifest."""

    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("none.yaml", "there is no such file"),
            (".", "this is a folder, not a file"),
            (300 * "x", "File name too long"),
        ],
    )
    def test_names_the_path_as_given(self, name: str, reason: str) -> None:
        with pytest.raises(ManifestError) as caught:
            read_manifest(Path(name))
        assert str(caught.value) == f"{name}: {reason}"

    @pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
    def test_says_when_it_may_not_read(self, tmp_path: Path) -> None:
        closed = tmp_path / "m.yaml"
        closed.touch(mode=0)
        with pytest.raises(ManifestError, match="no permission to read it"):
            read_manifest(closed)
