"""Small charts as SVG shapes, drawn on the server with every look: steps -> places in a box of 100 by 100. Pure.

Words stand beside the box as HTML, so that they keep their size on a phone and their colour in the dark.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from typing import TYPE_CHECKING

from batches.money import MICRO_PER_CREDIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.actions.progressing import Step

ROUND = (1, 1.5, 2, 3, 4, 6, 8, 10)
"""What the top of a chart is, times a power of ten."""

GAP = 0.15
"""Of a bar's place that is left free."""

DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One step."""

    x: float
    width: float
    height: float
    told: str  #: in words, when somebody points at it


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What is drawn, and what is written beside it."""

    title: str
    unit: str
    told: str  #: all of it in a sentence
    marks: Sequence[str]  #: of the vertical axis, from the top
    ends: tuple[str, str]  #: moments at the left and at the right
    bars: Sequence[Bar] = ()
    line: str = ""  #: points of a polyline
    cap: float | None = None  #: height of a line that is not to be crossed


def throughput(steps: Sequence[Step], *, goes_on: bool) -> Chart:
    """Images per minute. While a batch goes on, its last step is not over and would look like a fall."""
    steps = steps[:-1] if goes_on and len(steps) > 1 else steps
    rates = [60 * one.images / one.seconds for one in steps]
    top = _round(max(rates))
    wide = 100 / len(steps)
    bars = [
        Bar(
            x=round(place * wide + wide * GAP / 2, 3),
            width=round(wide * (1 - GAP), 3),
            height=round(100 * rate / top, 2),
            told=f"{_clock(one.start, steps)}: {rate:,.1f} a minute",
        )
        for place, (one, rate) in enumerate(zip(steps, rates, strict=True))
    ]
    told = (
        f"{sum(one.images for one in steps):,} images; {rates[-1]:,.1f} a minute at the end, {max(rates):,.1f} at most."
    )
    return Chart(title="Images", unit="a minute", told=told, marks=_marks(top), ends=_ends(steps), bars=bars)


def spending(steps: Sequence[Step], cap: int | None) -> Chart:
    """Credits that were spent by then; the cap of the budget where it is near."""
    spent = [0.0, *(sum_ / MICRO_PER_CREDIT for sum_ in accumulate(one.settled for one in steps))]
    limit = None if cap is None else cap / MICRO_PER_CREDIT
    is_near = limit is not None and spent[-1] > limit / 3
    top = _round(max(spent[-1], limit if limit is not None and is_near else 0.0) or 1.0)
    points = (f"{100 * place / len(steps):.2f},{100 - 100 * one / top:.2f}" for place, one in enumerate(spent))
    return Chart(
        title="Credits",
        unit="spent",
        told=f"{spent[-1]:,.2f} credits spent{f' of {limit:,.2f}' if limit is not None else ''}.",
        marks=_marks(top),
        line=" ".join(points),
        cap=round(100 - 100 * limit / top, 2) if limit is not None and is_near else None,
        ends=_ends(steps),
    )


def _ends(steps: Sequence[Step]) -> tuple[str, str]:
    return _clock(steps[0].start, steps), _clock(steps[-1].start + steps[-1].seconds, steps)


def _round(most: float) -> float:
    """A number that is easy to read, and not smaller."""
    power = 1.0
    while power * ROUND[-1] < most:
        power *= 10
    while power >= most and power > 0.01:
        power /= 10
    return next(power * times for times in ROUND if power * times >= most)


def _marks(top: float) -> Sequence[str]:
    return [f"{round(mark, 2):,.10g}" for mark in (top, top / 2, 0.0)]


def _clock(moment: float, steps: Sequence[Step]) -> str:
    local = datetime.fromtimestamp(moment, UTC).astimezone()
    if steps[0].seconds < 60:
        return f"{local:%H:%M:%S}"
    long = steps[-1].start - steps[0].start > DAY_SECONDS
    return f"{local:%-d %b, %H:%M}" if long else f"{local:%H:%M}"
