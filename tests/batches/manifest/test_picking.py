"""Some of the prompts, in an order that is drawn once and for all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from batches.manifest import picking

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.manifest import Row

    Rows = Callable[[str], list[Row]]
    Refused = Callable[[str], list[tuple[str, str, str]]]

HEAD = "version: 1\nname: hello\nmodel: flux-dev\n"
LETTERS = [chr(code) for code in range(ord("a"), ord("z") + 1)]


@pytest.fixture
def letters(rows: Rows) -> Callable[..., list[str | None]]:
    """The prompts of a manifest over a file with a letter in each line."""

    def prompts(text: str, written: list[str] = LETTERS) -> list[str | None]:
        Path("p.txt").write_text("\n".join(written))
        return [row.prompt for row in rows(f"{HEAD}{text}\nprompts: {{from: p.txt}}")]

    return prompts


def test_a_limit_takes_the_first(letters: Callable[..., list[str]]) -> None:
    assert letters("limit: 3") == ["a", "b", "c"]
    assert letters("limit: 300") == LETTERS


def test_a_sample_keeps_the_order_and_is_the_same_wherever_the_rows_stand(letters: Callable[..., list[str]]) -> None:
    drawn = letters("sample: 5")
    assert len(drawn) == 5
    assert drawn == sorted(drawn)
    assert drawn == letters("sample: 5")
    assert set(letters("sample: 5", LETTERS[::-1])) == set(drawn)
    assert set(letters("sample: 6")) > set(drawn)
    assert letters("sample: 5\nseed: 1") != drawn


def test_a_sample_of_equal_rows_has_its_size_too(letters: Callable[..., list[str]]) -> None:
    assert letters("sample: 3", ["a"] * 9) == ["a"] * 3


def test_shuffled_rows_are_all_there_in_an_order_of_their_own(letters: Callable[..., list[str]]) -> None:
    drawn = letters("shuffle: true")
    assert sorted(drawn) == LETTERS != drawn
    assert letters("shuffle: true", LETTERS[::-1]) == drawn
    assert letters("shuffle: 7") != drawn
    assert letters("shuffle: false") == LETTERS


def test_the_order_does_not_depend_on_how_many_are_held_at_once(
    letters: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = letters("shuffle: 7")
    monkeypatch.setattr(picking, "HELD_AT_ONCE", 4)
    assert letters("shuffle: 7") == drawn


def test_draws_are_the_same_in_every_version(letters: Callable[..., list[str]]) -> None:
    """Or a plan made before an upgrade would be another batch after it."""
    assert letters("sample: 4") == ["g", "j", "t", "u"]
    assert letters("shuffle: true\nlimit: 4") == ["n", "s", "p", "k"]


def test_sample_then_shuffle_then_limit(letters: Callable[..., list[str]]) -> None:
    drawn = letters("sample: 5\nshuffle: 1\nlimit: 3")
    assert len(drawn) == 3
    assert set(drawn) < set(letters("sample: 5"))


def test_prompts_in_the_manifest_are_picked_alike(rows: Rows) -> None:
    assert [row.prompt for row in rows(f"{HEAD}limit: 1\nprompts: [a, b]")] == ["a"]


@pytest.mark.parametrize("pick", ["limit: 1", "sample: 1", "shuffle: true", "sample: 2\nshuffle: 1\nlimit: 1"])
def test_what_is_wrong_with_any_row_is_told_once(pick: str, refused: Refused) -> None:
    Path("p.csv").write_text("prompt,x\na,1\nb\n")
    [(place, _, _)] = refused(f"{HEAD}{pick}\nprompts: {{from: p.csv}}")
    assert place == "p.csv:3:1"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("shuffle: x", '`shuffle` must be true, false or a whole number, not "x"'),
        ("sample: 0", "`sample` must be at least 1, not 0"),
        ("seed: x", '`seed` must be a whole number, not "x"'),
        ("seeds: 5..1", '`seeds` must be a list of whole numbers or a range such as "1..20", not "5..1"'),
        ("seeds: 1..x", '`seeds` must be a list of whole numbers or a range such as "1..20", not "1..x"'),
        (f"seeds: 1..{99 * '9'}", None),
    ],
)
def test_other_values_are_refused(line: str, message: str | None, refused: Refused) -> None:
    [(place, told, _)] = refused(f"{HEAD}{line}\nprompts: [a]")
    assert place.startswith("m.yaml:4:")
    assert message in {told, None}
