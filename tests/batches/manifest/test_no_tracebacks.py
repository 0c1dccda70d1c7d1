"""Whatever stands in the file, a person gets a manifest or a list of problems, and never a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from batches.manifest import Manifest, ManifestError, Problem, read_manifest
from tests.batches.manifest.conftest import all_rows
from tests.fuzzing import fuzzed

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

HEAD = b"version: 1\nname: hello\n"
KEYS = ["version: 1\n", "name: a\n", "prompts:\n", "params: ", "labels: ", "seeds: ", "output: ", "repeat: "]
KEYS += ["policy:\n", "  budget: ", "  window: ", "  unsure: ", "  canary: ", "  deadline: ", "credits: ", "first: "]
WORDS = [
    "from",
    "prompt",
    "id",
    "model",
    "format",
    "name",
    "x",
    "1",
    "-1.5",
    "5%",
    "07:00",
    "true",
    "~",
    "é",
    "\\ud800",
]
SIGNS = ["  - ", "- ", "  ", "\n", "{", "}", "[", "]", ", ", ": ", "? ", "| ", "---\n", "# ", "'", '"', "\t"]
RARE = ["&a ", "*a ", "!b ", "<<: ", "%YAML 1.1\n", "\ufeff", "\u2028", "\x00", "\r"]
texts = st.lists(st.sampled_from(KEYS + WORDS + SIGNS + RARE), max_size=40).map("".join).map(str.encode)


@fuzzed
@given(raw=st.one_of(st.binary(max_size=60), texts, texts.map(HEAD.__add__)))
def test_any_bytes_give_a_manifest_or_problems(raw: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "m.yaml"
    path.write_bytes(raw)
    outcome = outcome_of(path)
    assert isinstance(outcome, Manifest) or all(problem.message for problem in outcome)
    assert outcome != ()


def outcome_of(path: Path) -> Manifest | tuple[Problem, ...]:
    try:
        manifest = read_manifest(path)
        all_rows(manifest)
    except ManifestError as error:
        return error.problems
    return manifest
