"""Times as people write and read them: local, unless a zone stands beside them."""

from __future__ import annotations

from datetime import UTC, datetime

from batches.errors import SettingError


def moment_of(text: str, option: str) -> float:
    """Seconds since the epoch of `2026-11-20` (its first moment) or `2026-11-20T07:00`."""
    try:
        return datetime.fromisoformat(text).astimezone().timestamp()
    except (ValueError, OverflowError):  # the latter for a year that this machine's clock does not reach
        cure = f"Write {option} 2026-11-20 or {option} 2026-11-20T07:00."
        raise SettingError(f"{option}: {text!r} is no time.", cure=cure) from None


def show_moment(moment: float) -> str:
    """`2026-11-20 07:00:00`."""
    return datetime.fromtimestamp(moment, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def moment_json(moment: float) -> str:
    """`2026-11-20T07:00:00.123+01:00`."""
    return datetime.fromtimestamp(moment, UTC).astimezone().isoformat(timespec="milliseconds")
