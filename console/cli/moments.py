"""Moments as people and machines read them, by the clocks of a time zone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from batches.reports.period import UTC

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def show_moment(moment: float, zone: ZoneInfo) -> str:
    """`2026-11-20 07:00:00`."""
    return datetime.fromtimestamp(moment, zone).strftime("%Y-%m-%d %H:%M:%S")


def moment_json(moment: float, zone: ZoneInfo = UTC) -> str:
    """`2026-11-20T07:00:00.123+00:00`."""
    return datetime.fromtimestamp(moment, zone).isoformat(timespec="milliseconds")
