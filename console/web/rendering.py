"""Values -> HTML. Templates know no ledger, and all that is not their own is escaped."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from batches.megapixels import show_megapixels
from batches.money import MICRO_PER_CREDIT, credits_of, show_credits, show_usd
from console.cli.outlook import rounded
from console.cli.output import show_bytes

if TYPE_CHECKING:
    from jinja2 import Environment

ROOM = Path(__file__).parent / "templates"

NAVIGATION = (("/", "Overview"), ("/new", "New batch"), ("/costs", "Costs"))
"""Where every page leads: path and title."""


def render(name: str, **facts: object) -> str:
    """A template as HTML."""
    return _environment().get_template(name).render(**facts)


def _credits(micro: int) -> str:
    """`1,234.57`: to a hundredth, which is what a person takes in at a glance."""
    return f"{credits_of(rounded(micro)):,}"


def _about(micro: int) -> str:
    """`62.5`, `5,217`: what lies ahead is not known to the hundredth."""
    return f"{credits_of(round(micro, -6)):,}" if micro >= 100 * MICRO_PER_CREDIT else _credits(micro)


def _count(number: int) -> str:
    return f"{number:,}"


def _rate(number: float) -> str:
    """`7.5`, `1,547`: no finer than it can be read."""
    return f"{number:,.1f}" if number < 100 else f"{number:,.0f}"


def _percent(part: float, whole: float) -> float:
    """0 to 100, for the width of a bar."""
    return round(100 * min(1.0, part / whole), 2) if whole else 0.0


def _clock(moment: float) -> str:
    """`04:10`; with the date unless it is of today."""
    then, today = _local(moment), _local(time.time()).date()
    return f"{then:%H:%M}" if then.date() == today else f"{then:%-d %b %Y, %H:%M}"


def _clock_seconds(moment: float) -> str:
    """`04:10:07`, with the date unless it is of today."""
    return f"{_clock(moment)}:{_local(moment):%S}"


def _local(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC).astimezone()


def _linked(text: str, batch_id: str | None) -> Markup:
    """A sentence in which the batch it is of leads to its page."""
    if batch_id is None:
        return escape(text)
    link = Markup('<a href="/batches/{0}">{0}</a>').format(batch_id)
    return escape(text).replace(escape(batch_id), link, 1)


def _span(seconds: float) -> str:
    """`8 s`, `12 min`, `3 h 20 min`, `2 days`."""
    minutes = int(seconds) // 60
    if minutes < 1:
        return f"{max(0, int(seconds))} s"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 2 * 24 * 60:
        return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} days"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    room = Environment(
        loader=FileSystemLoader(ROOM),
        auto_reload=False,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    room.filters |= {
        "credits": _credits,
        "about": _about,
        "show_credits": show_credits,
        "usd": lambda micro: show_usd(round(micro / MICRO_PER_CREDIT) * MICRO_PER_CREDIT),
        "count": _count,
        "rate": _rate,
        "clock": _clock,
        "clock_seconds": _clock_seconds,
        "linked": _linked,
        "plain": credits_of,
        "span": _span,
        "megapixels": show_megapixels,
        "size": show_bytes,
    }
    room.globals |= {
        "percent": _percent,
        "navigation": NAVIGATION,
    }
    return room
