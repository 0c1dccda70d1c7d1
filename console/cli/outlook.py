"""How money and the end of a batch look to people."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from batches.money import MICRO_PER_CREDIT, credits_of, show_credits, show_usd
from batches.planning.finishing import show_moment

if TYPE_CHECKING:
    from batches.reports.projection import Projection
    from batches.store.ledger.notices import Notice
    from batches.store.ledger.standing import Money

HUNDREDTH = MICRO_PER_CREDIT // 100


def show_money(money: Money) -> str:
    """`40 credits spent ($0.40), 5 credits reserved`."""
    least = "at least " if money.unknown else ""
    said = f"{least}{show_credits(money.settled)} spent ({show_usd(money.settled)})"
    if money.reserved:
        said += f", {show_credits(money.reserved)} reserved"
    if money.at_risk:
        said += f", {show_credits(money.at_risk)} at risk"
    return said


def show_end(projection: Projection, now: float) -> str:
    """`62.5 credits at the end (60 to 75), 2.5 an image, done about 04:10`."""
    said = f"{show_projected(projection)} at the end"
    if projection.per_image is not None:
        said += f", {credits_of(rounded(projection.per_image)):,} an image"
    return f"{said}, done about {show_moment(projection.done_at, now)}" if projection.done_at else said


def show_projected(projection: Projection) -> str:
    """`62.5 credits (60 to 75)`."""
    low, high = rounded(projection.low), rounded(projection.high)
    least = "at least " if projection.unpriced else ""
    span = f" ({credits_of(low):,} to {credits_of(high):,})" if low != high else ""
    return f"{least}{show_credits(rounded(projection.likely))}{span}"


def show_notice(notice: Notice) -> str:
    """With the time at which it came about."""
    return f"{time.strftime('%H:%M', time.localtime(notice.at))} {notice.text}"


def rounded(micro_credits: int) -> int:
    """To a hundredth of a credit: what lies ahead is not known more closely."""
    return round(micro_credits / HUNDREDTH) * HUNDREDTH
