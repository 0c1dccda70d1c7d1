"""What the charts of the page show, as Vega-Lite specs. Pure."""

from __future__ import annotations

import json
from itertools import accumulate
from typing import TYPE_CHECKING

from batches.money import MICRO_PER_CREDIT
from batches.reports.page.drawing import ACCENT, FAINT, INK, LINE, MUTED, SHADES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from batches.reports.page.facts import Latency
    from batches.reports.page.timeline import Slice

Spec = dict[str, object]

HEIGHT = 220
"""Pixels of a chart over time."""

BAR = 26
"""Pixels that a line of a bar chart takes."""

NAMES = {"left": 16, "right": 0, "top": 0, "bottom": 0}
"""Pixels beside names: the reader's font may be wider than the one they were measured with."""

OTHERS = "others"


def bars(rows: Sequence[tuple[str, int | None, str]]) -> Spec:
    """Names with a bar each, and its amount in words at its end; None for no bar, which would dwarf the others."""
    top = max((amount or 0 for _, amount, _ in rows), default=0) or 1
    values = [{"place": place, "name": name, "amount": amount or 0, "said": said}
              for place, (name, amount, said) in enumerate(rows)]  # fmt: skip
    return {
        "data": {"values": values},
        "height": _tall(len(rows)),
        "padding": NAMES,
        "encoding": {
            "y": _names(values),
            "x": {"field": "amount", "type": "quantitative", "axis": None, "scale": {"domain": [0, top * 1.45]}},
        },
        "layer": [
            {"mark": {"type": "bar", "color": ACCENT, "height": {"band": 0.62}}},
            {
                "mark": {"type": "text", "align": "left", "dx": 6},
                "encoding": {"text": {"field": "said", "type": "nominal"}},
            },
        ],
    }


def stacked(slices: Sequence[Slice], models: Sequence[str]) -> Spec:
    """Credits over time, the models upon each other; those that are not named go together."""
    shown = list(models[: len(SHADES)]) if len(models) <= len(SHADES) else [*models[: len(SHADES) - 1], OTHERS]
    values = []
    for one in slices:
        by_name = dict.fromkeys(shown, 0)
        for model, amount in one.settled.items():
            by_name[model if model in by_name else OTHERS] += amount
        highs = list(accumulate(by_name.values()))
        values += [
            {**_span(one), "name": name, "low": _credits(high - amount), "high": _credits(high)}
            for (name, amount), high in zip(by_name.items(), highs, strict=True)
            if amount
        ]
    colours = {"domain": shown, "range": SHADES[: len(shown)]}
    return {
        "data": {"values": values},
        "height": HEIGHT,
        "mark": {"type": "rect", "stroke": "var(--paper)", "strokeWidth": 0.5},
        "encoding": {
            **_times(slices),
            "y": {"field": "low", "type": "quantitative", "axis": _ticks()},
            "y2": {"field": "high"},
            "color": {
                "field": "name", "type": "nominal", "scale": colours, "legend": {} if len(shown) > 1 else None,
            },
        },
    }  # fmt: skip


def over_time(slices: Sequence[Slice], of: Callable[[Slice], float], *, limit: int | None = None) -> Spec:
    """One amount over time, and a line for the most that it may be."""
    y = {"field": "amount", "type": "quantitative", "axis": _ticks(), "scale": {"zero": True}}
    bars = {
        "mark": {"type": "rect", "color": ACCENT, "stroke": "var(--paper)", "strokeWidth": 0.5},
        "encoding": {**_times(slices), "y": y, "y2": {"field": "zero"}},
    }
    return {
        "data": {"values": [{**_span(one), "amount": of(one), "zero": 0} for one in slices]},
        "height": HEIGHT,
        "layer": [bars] if limit is None else [bars, _line_at(limit, INK)],
    }


def burn_down(slices: Sequence[Slice], cap: int) -> Spec:
    """What is left of a budget after each slice."""
    spent = accumulate(one.figures.settled for one in slices)
    first = {"at": _moment(slices[0].start.isoformat()), "left": _credits(cap)}
    left = [
        {"at": _moment(one.end.isoformat()), "left": _credits(cap - total)}
        for one, total in zip(slices, spent, strict=True)
    ]
    y = {"field": "left", "type": "quantitative", "axis": _ticks(), "scale": {"zero": True}}
    return {
        "data": {"values": [first, *left]},
        "height": HEIGHT,
        "encoding": {"x": {"field": "at", "type": "temporal", "scale": {"type": "utc"}, "axis": _clock(slices)}},
        "layer": [
            {"mark": {"type": "area", "color": ACCENT, "opacity": 0.16, "line": False}, "encoding": {"y": y}},
            {"mark": {"type": "line", "color": ACCENT, "strokeWidth": 2}, "encoding": {"y": y}},
            _line_at(0, MUTED),
        ],
    }


def compared(rows: Sequence[tuple[str, int, int]]) -> Spec:
    """Micro-credits that were foreseen and that were paid for the same attempts: a mark and a bar."""
    values = [{"place": place, "name": name, "foreseen": _credits(foreseen), "paid": _credits(paid)}
              for place, (name, foreseen, paid) in enumerate(rows)]  # fmt: skip
    return {
        "data": {"values": values},
        "height": _tall(len(rows)) + BAR,
        "padding": NAMES,
        "encoding": {"y": _names(values)},
        "layer": [
            {
                "mark": {"type": "bar", "color": ACCENT, "height": {"band": 0.62}},
                "encoding": {"x": {"field": "paid", "type": "quantitative", "axis": _ticks(vertical=True)}},
            },
            {
                "mark": {"type": "tick", "color": INK, "thickness": 3, "size": BAR - 4},
                "encoding": {"x": {"field": "foreseen", "type": "quantitative"}},
            },
        ],
    }


def ranges(latencies: Sequence[Latency]) -> Spec:
    """Seconds from the quickest tenth to the slowest, with the median."""
    values = [
        {
            "place": place, "name": one.model, "p10": one.p10, "median": one.median, "p90": one.p90,
            "said": f"{one.median:.1f} s",
        }
        for place, one in enumerate(latencies)
    ]  # fmt: skip
    x = {"type": "quantitative", "scale": {"zero": True}}
    return {
        "data": {"values": values},
        "height": _tall(len(latencies)) + BAR,
        "padding": NAMES,
        "encoding": {"y": _names(values)},
        "layer": [
            {
                "mark": {"type": "bar", "color": FAINT, "height": {"band": 0.5}},
                "encoding": {"x": {**x, "field": "p10", "axis": _ticks(vertical=True)}, "x2": {"field": "p90"}},
            },
            {
                "mark": {"type": "tick", "color": ACCENT, "thickness": 3, "size": BAR - 8},
                "encoding": {"x": {**x, "field": "median"}},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 7},
                "encoding": {"x": {**x, "field": "p90"}, "text": {"field": "said", "type": "nominal"}},
            },
        ],
    }


def _line_at(amount: int, color: str) -> Spec:
    return {
        "data": {"values": [{"at": amount}]},
        "mark": {"type": "rule", "color": color},
        "encoding": {"y": {"field": "at", "type": "quantitative"}, "x": {"value": 0}, "x2": {"value": "width"}},
    }


def _names(values: Sequence[Mapping[str, object]]) -> Spec:
    """By place, because two names may be cut to the same words."""
    names = [one["name"] for one in values]
    return {
        "field": "place",
        "type": "ordinal",
        "axis": {"labelExpr": f"{json.dumps(names)}[datum.value]", "labelColor": INK},
    }


def _tall(rows: int) -> int:
    return max(1, rows) * BAR


def _ticks(*, vertical: bool = False) -> Spec:
    return {"tickCount": 4 if vertical else 5, "grid": True, "gridColor": LINE, "format": ",~f", "labelOverlap": True}


def _times(slices: Sequence[Slice]) -> Spec:
    return {
        "x": {"field": "start", "type": "temporal", "scale": {"type": "utc"}, "axis": _clock(slices)},
        "x2": {"field": "end"},
    }


def _clock(slices: Sequence[Slice]) -> Spec:
    """Days where a slice is one, else the time of day with the date at midnight."""
    by_day = (slices[0].end - slices[0].start).days >= 1
    midnight = "utchours(datum.value) == 0 && utcminutes(datum.value) == 0"
    date, clock = "utcFormat(datum.value, '%-d %b')", "utcFormat(datum.value, '%H:%M')"
    return {"tickCount": 5, "labelExpr": date if by_day else f"{midnight} ? {date} : {clock}", "labelOverlap": True}


def _span(one: Slice) -> dict[str, str]:
    return {"start": _moment(one.start.isoformat()), "end": _moment(one.end.isoformat())}


def _moment(shown: str) -> str:
    """What the clocks show is drawn as if it were UTC, so that no other zone is mixed in."""
    return f"{shown}Z"


def _credits(micro: int) -> float:
    """For a place in a chart; amounts that are told are exact."""
    return micro / MICRO_PER_CREDIT
