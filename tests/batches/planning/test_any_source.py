"""Whatever stands in a source or a template, a person gets a plan or a list of problems: no traceback, no waiting."""

from __future__ import annotations

import csv
import gzip
import io
import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from batches.planning import Plan
from tests.batches.planning.test_properties import keeps_its_promises, outcome_of
from tests.fuzzing import fuzzed

if TYPE_CHECKING:
    import pytest

COLUMNS = [
    "prompt",
    "id",
    "model",
    "seed",
    "params.width",
    "params.seed",
    "params.x",
    "labels.a",
    "mood",
    "",
    " a ",
    "{",
]
CELLS = [
    "A fox",
    "flux-dev",
    "flux-2-pro",
    "512",
    "1e3",
    "-7",
    "007",
    "",
    " ",
    "é\u0301",
    "../x",
    "%s",
    "{mood}",
    200 * "x",
]
ODD = st.text(max_size=8) | st.text(st.sampled_from('",\n\r\t\0\ufeff\u2028 {}'), max_size=8)
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.lists(ODD, max_size=2) | ODD | st.sampled_from(CELLS)
)
TABLES = st.lists(st.lists(st.sampled_from(CELLS) | ODD, max_size=5), max_size=4)
HEADERS = st.lists(st.sampled_from(COLUMNS) | ODD, max_size=5)
OBJECTS = st.dictionaries(
    st.sampled_from([*COLUMNS, "params", "labels"]) | ODD, VALUES | st.dictionaries(ODD, VALUES, max_size=2)
)
PIECES = [*"{}% x/.", "{mood}", "{prompt}", "{id}", "{number}", "{style}"]
TEMPLATES = st.lists(st.sampled_from(PIECES), max_size=6).map("".join) | ODD


def written_csv(header: list[str], rows: list[list[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows([header, *rows])
    return file.getvalue().encode(errors="replace")


def written_jsonl(objects: list[dict[str, object]]) -> bytes:
    return "\n".join(json.dumps(one) for one in objects).encode()


def written_parquet(changes: list[tuple[int, int]]) -> bytes:
    """A table with some of its bytes changed."""
    file = io.BytesIO()
    pq.write_table(pa.table({"prompt": ["A fox", "An owl"], "params.width": [512, None], "mood": [["x"], None]}), file)
    raw = bytearray(file.getvalue())
    for at, byte in changes:
        raw[at % len(raw)] = byte
    return bytes(raw)


SENSIBLE = {
    "prompt": ["A fox", "An owl {mood}", "", "100 %"],
    "mood": ["glad", "", "../x", "é\u0301"],
    "id": ["", "a", "b", "c"],
    "seed": ["", "1", "007"],
    "params.width": ["", "512", "1024"],
    "labels.a": ["", "x"],
}
SENSIBLE_CSV = st.lists(st.sampled_from(sorted(SENSIBLE)), min_size=1, unique=True).flatmap(
    lambda header: st.builds(
        written_csv,
        st.just(header),
        st.lists(st.tuples(*(st.sampled_from(SENSIBLE[name]) for name in header)), min_size=1, max_size=4),
    )
)
CSV = st.tuples(st.just("p.csv"), SENSIBLE_CSV | st.builds(written_csv, HEADERS, TABLES) | st.binary(max_size=60))
TSV = st.tuples(st.just("p.tsv"), ODD.map(lambda text: text.encode(errors="replace")) | st.binary(max_size=60))
JSONL = st.tuples(st.just("p.jsonl"), st.builds(written_jsonl, st.lists(OBJECTS, max_size=4)) | st.binary(max_size=60))
TEXT = st.tuples(st.just("p.txt"), st.just(b"A fox\nAn owl\n") | st.binary(max_size=60))
PACKED = st.tuples(
    st.just("p.csv.gz"), (SENSIBLE_CSV | st.binary(max_size=60)).map(gzip.compress) | st.binary(max_size=60)
)
PARQUET = st.tuples(
    st.just("p.parquet"),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=3).map(written_parquet),
)
SOURCES = CSV | TSV | JSONL | TEXT | PACKED | PARQUET
SIZES = st.lists(st.sampled_from([512, 768, "x"]), min_size=1, max_size=2)
KEYS: dict[str, st.SearchStrategy[object]] = {
    "prompt": st.sampled_from(["{mood} fox", "{style}", "A fox"]) | TEMPLATES,
    "vars": st.dictionaries(st.sampled_from(["mood", "style"]), st.sampled_from(CELLS), max_size=2),
    "labels": st.dictionaries(ODD, TEMPLATES, max_size=2),
    "output": st.fixed_dictionaries({"name": TEMPLATES}),
    "matrix": st.dictionaries(st.sampled_from(["style", "params.height"]), SIZES, min_size=1)
    | st.dictionaries(
        st.sampled_from(["model", "params.x", "seed", "style"]), st.lists(VALUES, max_size=3), max_size=2
    ),
    "zip": st.dictionaries(st.sampled_from(["mood", "params.steps", "id"]), st.lists(VALUES, max_size=2), max_size=2),
    "models": st.lists(st.sampled_from(["flux-dev", "flux-2-pro", "x"]), max_size=2) | VALUES,
    "exclude": st.lists(st.dictionaries(st.sampled_from(["model", "style"]), VALUES, max_size=1), max_size=2),
    "seeds": st.sampled_from(["1..3", "3..1", "1..", [1], [True], 5, f"0..{10**14}"]),
    "repeat": st.integers(0, 3),
    "sample": st.integers(0, 3),
    "limit": st.integers(0, 3),
    "shuffle": st.booleans() | VALUES,
    "seed": st.integers() | VALUES,
}
EXPANSION = st.sets(st.sampled_from(sorted(KEYS)), max_size=3).flatmap(
    lambda keys: st.fixed_dictionaries({key: KEYS[key] for key in sorted(keys)})
)


@fuzzed
@given(source=SOURCES, expansion=EXPANSION, template=st.none() | st.just("{prompt}") | TEMPLATES)
def test_any_source_gives_problems_or_a_plan_that_keeps_its_promises(
    source: tuple[str, bytes],
    expansion: dict[str, object],
    template: str | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    name, content = source
    folder = tmp_path_factory.getbasetemp()
    (folder / name).write_bytes(content)
    entry = {"from": name} if template is None else {"from": name, "prompt": template}
    manifest = {"version": 1, "name": "any", "prompts": entry, **expansion}
    if "models" not in expansion:
        manifest["model"] = "flux-dev"
    path = folder / "any.yaml"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    outcome = outcome_of(path)
    if isinstance(outcome, Plan):
        keeps_its_promises(outcome)
    else:
        assert outcome
        assert all(problem.message for problem in outcome)
