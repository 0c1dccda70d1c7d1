"""What is asked of the costs page -> the question, and the charts of its answer."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from batches.reports import Question, axes_of, period_of
from batches.reports.page import exhibits
from batches.reports.page.drawing import Easel, draw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batches.reports.page.exhibits import Figure
    from batches.reports.page.facts import Facts

USUAL = "30d"
"""What is looked at first."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address says, in the words of `fluxbatch report`."""

    since: str = USUAL  #: empty: from the beginning
    until: str = ""  #: empty: until now
    zone: str = "UTC"
    by: str = "model"  #: what has a line
    then: str = ""  #: what a line is divided by; empty: nothing
    batch: str = ""  #: an id; empty: all batches

    def question(self) -> Question:
        """The same, as the ledger is asked now. Raises SettingError for words that mean nothing."""
        period = period_of(self.since or None, self.until or None, self.zone.strip() or "UTC", time.time())
        axes = axes_of(f"{self.by},{self.then}" if self.then and self.then != self.by else self.by)
        return Question(batches=frozenset({self.batch}) if self.batch else None, period=period, by=axes)

    def query(self, **changed: str) -> str:
        """The same as part of an address."""
        return f"?{urlencode({**asdict(self), **changed})}"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart, and the same in words and numbers."""

    figure: Figure
    svg: str


def drawn_of(facts: Facts) -> Sequence[Drawn]:
    """Where the credits went, and how quick it was."""
    figures = [*exhibits.of_money(facts), *exhibits.of_speed(facts)] if facts.report.totals.jobs else []
    with _ONE_AT_A_TIME:
        svgs = _svgs(json.dumps([[one.spec, one.title, one.told] for one in figures], default=str))
    return [Drawn(figure, svg) for figure, svg in zip(figures, svgs, strict=True)]


_ONE_AT_A_TIME = threading.Lock()
"""Charts are drawn in a process of their own, which takes a core for half a second."""


@lru_cache(maxsize=32)
def _svgs(told: str) -> Sequence[str]:
    """The same numbers are drawn once."""
    with Easel() as easel:
        return [
            str(draw(spec, easel, name=f"chart-{place}", title=title, told=words))
            for place, (spec, title, words) in enumerate(json.loads(told))
        ]
