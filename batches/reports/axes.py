"""What the lines of a report can be: days, models, labels and so on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.models.spelling import did_you_mean
from batches.store.ledger.quarters import QUARTER_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from batches.store.ledger.totals import Value

MOST_AXES = 2
LABEL = "label:"


@dataclass(frozen=True, slots=True)
class Axis:
    """One of the things that the lines of a report go by."""

    word: str  #: as `--by` takes it
    key: str  #: what the ledger has to tell for it
    read: Callable[[Value, ZoneInfo], tuple[str, str]]  #: what lines are sorted by, and what they show

    @property
    def is_time(self) -> bool:
        """Whether its lines follow each other in time."""
        return self.key == "quarter"

    @property
    def is_now(self) -> bool:
        """Whether it tells how jobs stand now, and not what was summed up when it happened."""
        return self.key in {"state", "reason"}


def _as_it_is(value: Value, _zone: ZoneInfo) -> tuple[str, str]:
    return "", str(value)


def _day(quarter: Value, zone: ZoneInfo) -> tuple[str, str]:
    day = _clock(quarter, zone).date().isoformat()
    return day, day


def _hour(quarter: Value, zone: ZoneInfo) -> tuple[str, str]:
    """With its offset, because an hour can come twice in a night."""
    hour = _clock(quarter, zone).replace(minute=0)
    return hour.astimezone(UTC).isoformat(), hour.isoformat(sep=" ", timespec="minutes")


def _clock(quarter: Value, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(int(quarter) * QUARTER_SECONDS, zone)


def _label(name: str, labels: Value, _zone: ZoneInfo) -> tuple[str, str]:
    return "", json.loads(str(labels)).get(name, "")


MODEL = Axis("model", "model", _as_it_is)

AXES = {
    axis.word: axis
    for axis in (
        Axis("day", "quarter", _day),
        Axis("hour", "quarter", _hour),
        Axis("batch", "batch_id", _as_it_is),
        MODEL,
        Axis("account", "account", _as_it_is),
        Axis("lane", "lane", _as_it_is),
        Axis("state", "state", _as_it_is),
        Axis("reason", "reason", _as_it_is),
    )
}


def axes_of(text: str) -> tuple[Axis, ...]:
    """`day,label:project` as the axes it names. Raises SettingError for a word that is none."""
    axes = tuple(_axis(word.strip()) for word in text.split(","))
    if len(axes) > MOST_AXES or len({axis.word for axis in axes}) < len(axes):
        raise SettingError(
            f"--by takes one or two different words, and {text!r} is something else.", cure=f"Take from {_choice()}."
        )
    return axes


def _axis(word: str) -> Axis:
    if word.startswith(LABEL) and word != LABEL:
        return Axis(word, "labels", partial(_label, word.removeprefix(LABEL)))
    if axis := AXES.get(word):
        return axis
    hint = did_you_mean(word, [*AXES, LABEL])
    raise SettingError(f"--by knows no {word!r}{'; ' if hint else '.'}{hint}", cure=f"Take one or two of {_choice()}.")


def _choice() -> str:
    return f"{', '.join(AXES)}, label:KEY"
