"""Lots fall the same way every time."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from batches.errors import SettingError
from batches.exports.draws import LOTS, UNDIVIDED, draw, sample_of, splits_of


def test_a_lot_goes_by_its_words_alone() -> None:
    """The number stands here so that datasets of today are divided in the same way in years."""
    assert draw("split", "A fox") == 14758230843517971912
    assert draw("split", "A fox") != draw("sample", "A fox")
    assert draw("split", "a", "b") != draw("split", "a b")
    assert 0 <= draw("split", "\ud83d") < LOTS


def test_splits_come_close_to_their_parts() -> None:
    splits = splits_of("train=0.8,val=0.1,test=0.1")
    found = Counter(splits.of(str(number)) for number in range(10_000))
    assert splits.names == ("train", "val", "test")
    assert found["train"] == pytest.approx(8_000, abs=150)
    assert found["val"] == pytest.approx(1_000, abs=120)


def test_a_larger_part_keeps_what_a_smaller_one_had() -> None:
    small, large = splits_of("test=0.1,train=0.9"), splits_of("test=0.2,train=0.8")
    for number in range(300):
        if small.of(str(number)) == "test":
            assert large.of(str(number)) == "test"


def test_what_is_not_divided_is_for_training() -> None:
    assert UNDIVIDED.of("anything") == "train"


@pytest.mark.parametrize(
    "text",
    ["train", "train=0.8", "train=0.8,train=0.2", "train=1.2,test=-0.2", "a b=1", "=1", "train=nan", "../up=1", ""],
    ids=[
        "no part", "not the whole", "twice the same", "less than nothing", "no folder", "no name", "no number",
        "no folder of its own", "nothing",
    ],
)  # fmt: skip
def test_what_does_not_divide_the_whole_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="--split"):
        splits_of(text)


def test_a_sample_is_a_number_or_a_part() -> None:
    assert sample_of("500").count == 500
    assert sample_of("2.5%").part == Decimal("0.025")


@pytest.mark.parametrize("text", ["0", "-5", "0%", "101%", "some", "5 %%", "nan%", "1e9999%"])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="--sample"):
        sample_of(text)
