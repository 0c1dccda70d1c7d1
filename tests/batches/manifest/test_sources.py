"""Where prompts come from: text, tables, JSON Lines and Parquet, packed or not."""

from __future__ import annotations

import bz2
import gzip
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from batches.manifest import ManifestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.manifest import Row

    Rows = Callable[[str], list[Row]]
    Refused = Callable[[str], list[tuple[str, str, str]]]

HEAD = "version: 1\nname: hello\nmodel: flux-dev\n"


def from_(name: str) -> str:
    return f"{HEAD}prompts: {{from: {name}}}"


def test_columns_with_a_known_name_are_taken_as_they_are(rows: Rows) -> None:
    Path("p.csv").write_text(
        "id,prompt,model,seed,params.width,labels.series,mood\nowl,An owl,flux-2-pro,7,512,birds,x\n"
    )
    [row] = rows(from_("p.csv"))
    assert (row.id, row.prompt, row.model, row.seeds) == ("owl", "An owl", "flux-2-pro", (7,))
    assert (row.texts, row.params, row.labels) == ({"width": "512"}, {}, {"series": "birds"})
    assert str(row.place) == "p.csv:2:1"


def test_an_empty_cell_leaves_it_to_the_manifest(rows: Rows) -> None:
    Path("p.csv").write_text("prompt,model,seed,params.width,labels.a\nA fox,, ,,\n")
    [row] = rows(HEAD + "labels: {a: x}\nprompts: {from: p.csv, seeds: [1, 2]}")
    assert (row.model, row.seeds, row.texts, row.labels) == ("flux-dev", [1, 2], {}, {"a": "x"})


def test_json_lines_bring_their_types_and_may_nest(rows: Rows) -> None:
    Path("p.jsonl").write_text(
        '{"prompt": "A fox", "id": 7, "params": {"width": 512, "raw": true}, "labels": {"a": 1.5, "b": false}}\n\n'
        '{"prompt": "An owl", "params.width": 256, "params": null, "labels.a": null}\n'
    )
    fox, owl = rows(from_("p.jsonl"))
    assert (fox.id, fox.params, fox.labels) == ("7", {"width": 512, "raw": True}, {"a": "1.5", "b": "false"})
    assert (owl.params, owl.labels, owl.place.line) == ({"width": 256}, {}, 3)


TABLES = [
    ("p.csv", b'prompt,x\n"A fox, red",1\nAn owl,2\n', "commas need quotes"),
    ("p.csv", b'prompt,x\r\n"A fox, red",1\r\nAn owl,2', "Windows line ends, and none at the end"),
    ("p.csv", b'\xef\xbb\xbf prompt , x\n"A fox, red", 1\n\nAn owl , 2\n', "a mark, blanks, a blank line"),
    ("p.tsv", b"prompt\tx\nA fox, red\t1\nAn owl\t2\n", "tabs"),
    ("p.jsonl", b'{"prompt": "A fox, red"}\n{"prompt": "An owl"}', "JSON Lines"),
    ("p.txt", b"A fox, red\nAn owl\n", "text"),
]


@pytest.mark.parametrize(("name", "content"), [row[:2] for row in TABLES], ids=[row[2] for row in TABLES])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_every_format_brings_the_same_prompts(name: str, content: bytes, packed: bool, rows: Rows) -> None:  # noqa: FBT001  # a table's column
    name, content = (f"{name}.gz", gzip.compress(content)) if packed else (name, content)
    Path(name).write_bytes(content)
    assert [row.prompt for row in rows(from_(name))] == ["A fox, red", "An owl"]


def test_a_cell_may_have_line_breaks_and_rows_still_know_their_line(rows: Rows) -> None:
    Path("p.csv").write_text('prompt\n"A fox\nin the ""snow"""\nAn owl\n')
    assert [(row.prompt, row.place.line) for row in rows(from_("p.csv"))] == [
        ('A fox\nin the "snow"', 2),
        ("An owl", 4),
    ]


def test_several_files_and_patterns_come_in_order(rows: Rows) -> None:
    for name in ("b.txt", "a.txt", "c.csv"):
        Path(name).write_text(f"prompt\n{name}\n")
    assert [row.prompt for row in rows(from_("[c.csv, '*.txt']"))] == ["c.csv", "prompt", "a.txt", "prompt", "b.txt"]


def test_a_name_that_looks_like_a_pattern_is_a_name_where_it_exists(rows: Rows) -> None:
    Path("p[1].txt").write_text("A fox\n")
    assert [row.prompt for row in rows(from_("'p[1].txt'"))] == ["A fox"]


WRONG = [
    (
        "p.csv",
        "prompt,x\na\nb,1\nc,1,2\n",
        [("2", "this row has 1 cells and the header 2"), ("4", "this row has 3 cells and the header 2")],
    ),
    ("p.csv", "prompt,x,prompt\n", [("1", "two columns are called `prompt`")]),
    ("p.csv", "prompt,\n", [("1", "column 2 has no name")]),
    ("p.csv", 'prompt\n"a" b\n', [("2", "this row cannot be read: ',' expected after '\"'")]),
    ("p.csv", 'prompt\n"a\nb\n', [("3", "this row cannot be read: unexpected end of data")]),
    (
        "p.csv",
        "prompt,seed\na,x\nb,1.5\n",
        [("2", "`seed` must be a whole number, not x"), ("3", "`seed` must be a whole number, not 1.5")],
    ),
    ("p.csv", "prompt\nok\na\x07b\n", [("3:2", "control character U+0007")]),
    (
        "p.jsonl",
        '[]\n{"prompt": 7}\n{"id": []}\n',
        [
            ("1", "this line cannot be read: it is no mapping"),
            ("2", "`prompt` must be text, not 7"),
            ("3", "`id` must be text or a number, not []"),
        ],
    ),
    ("p.jsonl", '{"a": 1, "a": 2}\n', [("1", "this line cannot be read: a name comes twice")]),
    (
        "p.jsonl",
        '{"a": NaN}\n{"a": 1e999}\n',
        [
            ("1", "this line cannot be read: NaN is no number that JSON knows"),
            ("2", "this line cannot be read: 1e999 is no number that JSON knows"),
        ],
    ),
    ("p.jsonl", '{"prompt": "\\ud800"}\n', [("1", "this line cannot be read: half of a surrogate pair")]),
    ("p.jsonl", '{"a": ' + 100_000 * "[" + "\n", [("1", "this line cannot be read: it is nested too deeply")]),
    ("p.jsonl", '{"prompt": fox}\n', [("1", "this line cannot be read: Expecting value in column 12")]),
    ("p.txt", "ok\n" + 1_100_000 * "x", [("2", "this line is longer than 1,048,576 bytes")]),
]


@pytest.mark.parametrize(("name", "content", "expected"), WRONG)
def test_wrong_rows_are_named_all_at_once(
    name: str, content: str, expected: list[tuple[str, str]], refused: Refused
) -> None:
    Path(name).write_text(content)
    told = [(place.removeprefix(f"{name}:").removesuffix(":1"), message) for place, message, _ in refused(from_(name))]
    assert told == expected


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("p.txt.gz", b"A fox\n"),  # never packed
        ("p.csv.gz", gzip.compress(b"prompt\nA fox\n", mtime=0)[:-9]),  # cut short
        ("p.jsonl.gz", gzip.compress(b"{}", mtime=0)[:12] + bz2.compress(b"{}")),  # broken inside
    ],
)
def test_a_packed_file_must_be_whole(name: str, content: bytes, refused: Refused) -> None:
    Path(name).write_bytes(content)
    assert refused(from_(name)) == [(name, "this is not a whole gzip file", "pack it again")]


@pytest.mark.parametrize(
    ("name", "message"),
    [("'*.csv'", "no file matches *.csv"), ("p.parquet.gz", "cannot read prompts from p.parquet.gz")],
)
def test_what_is_not_there_is_said_at_the_manifest(name: str, message: str, refused: Refused) -> None:
    assert [(place, told) for place, told, _ in refused(from_(name))] == [("m.yaml:4:17", message)]


def test_a_pipe_is_refused_and_not_waited_for(refused: Refused, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p.csv")
    [(place, message, _)] = refused(from_("p.csv"))
    assert (place, message) == ("m.yaml:4:17", "p.csv is a pipe")


def test_an_id_names_one_row_of_all_sources(refused: Refused) -> None:
    Path("p.csv").write_text("id,prompt\nowl,a\nfox,b\n")
    Path("q.csv").write_text("id,prompt\nfox,c\n")
    assert refused(from_("[p.csv, q.csv]")) == [
        ("q.csv:2:1", 'the id "fox" comes twice, first in the prompt at p.csv:3:1', "give each prompt its own, or none")
    ]


def test_an_endless_line_is_refused_at_once(rows: Rows) -> None:
    Path("p.csv.gz").write_bytes(gzip.compress(200_000_000 * b"x"))
    begun = time.perf_counter()
    with pytest.raises(ManifestError, match="this line is longer than"):
        rows(from_("p.csv.gz"))
    assert time.perf_counter() - begun < 1


class TestParquet:
    """Needs pyarrow, which is an extra."""

    def test_rows_bring_their_types_and_nulls_say_nothing(self, rows: Rows) -> None:
        pa = pytest.importorskip("pyarrow")
        pq = pytest.importorskip("pyarrow.parquet")
        columns = {"prompt": ["A fox", "An owl"], "params.width": [512, None], "params.guidance": [float("nan"), 2.5]}
        pq.write_table(pa.table(columns), "p.parquet")
        fox, owl = rows(from_("p.parquet"))
        assert (fox.prompt, fox.params, str(fox.place)) == ("A fox", {"width": 512}, "p.parquet:1:1")
        assert (owl.prompt, owl.params) == ("An owl", {"guidance": 2.5})

    def test_what_is_no_parquet_is_said(self, refused: Refused) -> None:
        pytest.importorskip("pyarrow")
        Path("p.parquet").write_text("prompt\nA fox\n")
        [(place, message, _)] = refused(from_("p.parquet"))
        assert place == "p.parquet"
        assert message.startswith("this is not a Parquet file: ")

    def test_without_pyarrow_the_cure_is_named(self, refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
        Path("p.parquet").write_text("")
        [(place, message, hint)] = refused(from_("p.parquet"))
        assert (place, message) == ("m.yaml:4:17", "Parquet files need pyarrow")
        assert hint == "install it with `pip install 'fluxbatch[parquet]'`"
