"""File names that are safe wherever they are written."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batches.manifest import Template
from batches.planning.names import PLACEHOLDERS, output_name, slug

FACTS = {"id": "owl", "model": "flux-tools/erase-v1", "seed": "7", "number": "0012", "name": "hello"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A red fox, in the snow!", "a-red-fox-in-the-snow"),
        ("Größe: 3½", "größe-3½"),
        ("雪中的红狐", "雪中的红狐"),
        ("../../etc/passwd", "etc-passwd"),
        ("!?", ""),
        (
            "one two three four five six seven eight nine",
            "one-two-three-four-five-six-seven-eight",
        ),  # whole words
        (60 * "x", 40 * "x"),
    ],
)
def test_a_slug_is_the_words_of_a_prompt(text: str, expected: str) -> None:
    assert slug(text) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{number}-{id}", "0012-owl.png"),
        ("{id}-{seed}", "owl-7.png"),
        ("{model}/{name}-{number}", "flux-tools-erase-v1/hello-0012.png"),  # only the template makes folders
        ("my {id}?", "my-owl.png"),
        ("-{id}.", "owl.png"),  # no option of a shell command, no two dots
        (".{id}", "owl.png"),  # no hidden file
        ("a//{id}", "a/owl.png"),
        ("...", "_.png"),
        (300 * "x", 110 * "x" + ".png"),
        (100 * "ö", 55 * "ö" + ".png"),  # bytes count, not letters
    ],
)
def test_a_template_gives_a_relative_path(template: str, expected: str) -> None:
    assert output_name(Template(template), FACTS, "png") == expected


@given(st.text(min_size=1, max_size=300), st.sampled_from(["{id}", "{id}/{number}", "a-{id}"]))
def test_no_id_leads_out_of_the_folder_or_breaks_a_file_system(text: str, template: str) -> None:
    path = PurePosixPath(output_name(Template(template), dict.fromkeys(PLACEHOLDERS, text), "jpeg"))
    assert not path.is_absolute()
    assert len(path.parts) == template.count("/") + 1
    for part in path.parts:
        assert part not in {".", ".."}
        assert len(part.encode()) <= 120
        assert not set(part) & set('\\:*?"<>|\0\n ')
