"""What no manifest may be, though some of it is YAML: one message each, with its place and its cure."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from batches.manifest import Manifest, ManifestError

if TYPE_CHECKING:
    from collections.abc import Callable

NINE = "[{0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}]"
BOMB = f"a: &a {NINE.format('x')}\n" + "".join(
    f"{new}: &{new} {NINE.format('*' + old)}\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
TOWER = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 60))

QUOTED = "put quotes around a text that begins with this character"
KEEP = "keep one of them"
NESTED = "check indentation, brackets and quotes"
MERGE = "write the values out, or put them into the defaults at the top"
DEEP = "nested more than 50 levels deep"

TABLE = [
    # nothing there
    ("", "m.yaml", "the manifest is empty", "`fluxbatch init` writes one to begin with"),
    ("# soon\n", "m.yaml", "the manifest is empty", "`fluxbatch init` writes one to begin with"),
    # no UTF-8: Latin-1 by itself, after letters of several bytes, UTF-16
    (b"name: caf\xe9\n", "m.yaml:1:10", "byte 0xe9 is not UTF-8", "save the file as UTF-8"),
    ("ä\nöb: ".encode() + b"\xff", "m.yaml:2:5", "byte 0xff is not UTF-8", "save the file as UTF-8"),
    ("a: 1".encode("utf-16"), "m.yaml:1:1", "byte 0xff is not UTF-8", "save the file as UTF-8"),
    ("a: 1\nb: \x07", "m.yaml:2:4", "control character U+0007", "remove it"),
    # no YAML: what people write by accident
    ("a: [1, 2\n", "m.yaml:2:1", "this is not YAML: did not find expected ',' or ']'", NESTED),
    (
        "a: A fox: red\n",
        "m.yaml:1:9",
        "this is not YAML: mapping values are not allowed in this context",
        'a text with ": " in it needs quotes around it',
    ),
    (
        "a:\n  b: 1\n\tc: 2\n",
        "m.yaml:3:1",
        "this is not YAML: found a tab character that violates indentation",
        "indent with blanks, not with tabs",
    ),
    ("- @cat\n", "m.yaml:1:3", "this is not YAML: found character that cannot start any token", QUOTED),
    (
        'a: "Slow" trains\n',
        "m.yaml:1:11",
        "this is not YAML: did not find expected key",
        NESTED,
    ),
    ("- a\n- 'b\n", "m.yaml:3:1", "this is not YAML: found unexpected end of stream", "close the quotes"),
    (
        "a: 1\nb\nc: 2",
        "m.yaml:3:1",
        "this is not YAML: could not find expected ':'",
        "a line of a mapping is `key: value`",
    ),
    # several documents
    ("a: 1\n---\nb: 2\n", "m.yaml:2:1", "a second document begins here", "one file holds one manifest"),
    # keys: twice, in both ways to write a mapping, and other than text
    ("a: 1\nb: 2\na: 3\n", "m.yaml:3:1", "the key `a` comes twice, first at m.yaml:1:1", KEEP),
    (
        "p: {x: 1, y: 2, x: 3}",
        "m.yaml:1:17",
        "the key `x` comes twice, first at m.yaml:1:5",
        "keep one of them",
    ),
    ("? [a]\n: b\n", "m.yaml:1:3", "a key must be plain text", "put quotes around it"),
    ("p: {<<: {x: 1}}", "m.yaml:1:5", "the merge key `<<` is not read", MERGE),
    ("d: &d {x: 1}\np:\n  <<: *d\n  y: 2\n", "m.yaml:3:3", "the merge key `<<` is not read", MERGE),
    # aliases: of nothing, of themselves, a billion, and a tower of them
    (
        "- *star\n",
        "m.yaml:1:3",
        "the alias `*star` repeats nothing that stands above",
        "a text that begins with * needs quotes; else mark what it repeats with `&star`",
    ),
    ("a: &a [*a]", "m.yaml:1:8", "the alias `*a` stands inside what it repeats", "write it out"),
    (
        BOMB,
        "m.yaml:7:8",
        "the aliases repeat more than 1,000,000 values",
        "put shared values into the defaults at the top",
    ),
    (TOWER, "m.yaml:49:12", DEEP, "a manifest needs about five"),
    # tags: of Python, of one's own, by accident
    (
        "a: !!python/name:os.system\n",
        "m.yaml:1:4",
        "the tag `!!python/name:os.system` is not read",
        "remove it, or put quotes around a text",
    ),
    ("- !wow\n", "m.yaml:1:3", "the tag `!wow` is not read", "remove it, or put quotes around a text"),
    # nesting in both ways to write it
    (100_000 * "[", "m.yaml:1:51", DEEP, "a manifest needs about five"),
    (100_000 * "- ", "m.yaml:1:101", DEEP, "a manifest needs about five"),
]


@pytest.mark.parametrize(("text", "place", "message", "hint"), TABLE)
def test_a_refusal_says_what_is_wrong_where_and_how_to_mend_it(
    text: str | bytes,
    place: str,
    message: str,
    hint: str,
    refused: Callable[[str | bytes], list[tuple[str, str, str]]],
) -> None:
    assert refused(text) == [(place, message, hint)]


@pytest.mark.parametrize("text", [BOMB, TOWER, 300_000 * "[", 300_000 * "- "], ids=["bomb", "tower", "[", "-"])
def test_a_hostile_file_is_refused_at_once(text: str, read: Callable[[str], Manifest]) -> None:
    begun = time.perf_counter()
    with pytest.raises(ManifestError):
        read(text)
    assert time.perf_counter() - begun < 1
