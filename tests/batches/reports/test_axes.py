"""What the lines of a report go by."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from batches.errors import SettingError
from batches.reports.axes import AXES, axes_of
from batches.store.ledger.quarters import QUARTER_SECONDS


def quarter_at(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp()) // QUARTER_SECONDS


@pytest.mark.parametrize(
    ("word", "moment", "zone", "shown"),
    [
        ("day", (2026, 8, 14, 21, 45), "Europe/Berlin", "2026-08-14"),
        ("day", (2026, 8, 14, 22, 0), "Europe/Berlin", "2026-08-15"),
        # days that begin at a quarter of an hour
        ("day", (2026, 8, 14, 18, 0), "Asia/Kathmandu", "2026-08-14"),
        ("day", (2026, 8, 14, 18, 15), "Asia/Kathmandu", "2026-08-15"),
        ("hour", (2026, 8, 14, 18, 30), "Asia/Kathmandu", "2026-08-15 00:00+05:45"),
        # the night in which an hour comes twice
        ("hour", (2026, 10, 25, 0, 15), "Europe/Berlin", "2026-10-25 02:00+02:00"),
        ("hour", (2026, 10, 25, 1, 15), "Europe/Berlin", "2026-10-25 02:00+01:00"),
    ],
)
def test_days_and_hours_are_those_of_the_zone(word: str, moment: tuple[int, ...], zone: str, shown: str) -> None:
    assert AXES[word].read(quarter_at(*moment), ZoneInfo(zone))[1] == shown


def test_an_hour_that_comes_twice_is_in_the_order_of_time() -> None:
    first, second = (AXES["hour"].read(quarter_at(2026, 10, 25, hour), ZoneInfo("Europe/Berlin")) for hour in (0, 1))
    assert first < second
    assert first[1] > second[1], "which its text is not"


def test_a_label_is_read_from_the_labels_and_may_be_missing() -> None:
    [axis] = axes_of("label:project")
    assert axis.read('{"project": "cats"}', ZoneInfo("UTC")) == ("", "cats")
    assert axis.read("{}", ZoneInfo("UTC")) == ("", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("modle", 'did you mean "model"?'),
        ("labels:x", 'did you mean "label:"?'),
        ("label:", "--by knows no 'label:'"),
        ("", "--by knows no ''"),
        ("day,hour,model", "one or two different words"),
        ("day,day", "one or two different words"),
    ],
)
def test_words_that_nothing_goes_by_are_one_error_with_its_cure(words: str, said: str) -> None:
    with pytest.raises(SettingError) as refused:
        axes_of(words)
    assert said in refused.value.message
    assert "label:KEY" in refused.value.cure


def test_two_words_may_stand_with_a_blank() -> None:
    assert [axis.word for axis in axes_of("day, label:project")] == ["day", "label:project"]
