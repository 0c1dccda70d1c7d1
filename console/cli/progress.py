"""Live progress of one batch: a panel at a terminal, a line now and then in a log."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from batches.money import show_credits, show_usd
from batches.store.ledger.states import ENDED, State
from console.cli.output import err, note

if TYPE_CHECKING:
    from types import TracebackType

    from rich.console import RenderableType

    from batches.store.ledger.records import Batch
    from batches.store.ledger.standing import Standing

LINE_SECONDS = 10.0
"""How often a line is written where no panel can be drawn."""

STYLES = {State.DONE: "green", State.MODERATED: "yellow", State.UNSURE: "yellow", State.FAILED: "red"}


class Progress:
    """Shows how a batch stands, each time it is told."""

    def __init__(self, batch: Batch) -> None:
        """Begin; drawing starts with the block."""
        self._batch = batch
        self._began = time.monotonic()
        self._next_line = 0.0
        self._live = Live(console=err, transient=True, auto_refresh=False) if err.is_terminal else None

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def show(self, now: Standing) -> None:
        """Draw how it stands."""
        if self._live:
            self._live.update(self._panel(now), refresh=True)
        elif now.rests or time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + LINE_SECONDS
            note(f"{self._batch.id}: {_counts(now).plain}, {_money(now)}")

    def _panel(self, now: Standing) -> RenderableType:
        ended = sum(now.jobs.get(state, 0) for state in ENDED)
        grid = Table.grid(padding=(0, 1))
        grid.add_row(
            Text(self._batch.id, style="bold"),
            ProgressBar(total=max(now.total, 1), completed=ended, width=40),
            f"{ended:,} of {now.total:,}",
            f"{time.monotonic() - self._began:.0f} s",
        )
        return Group(grid, _counts(now), Text(_money(now), style="dim"))


def _counts(now: Standing) -> Text:
    parts = [(f"{now.jobs[state]:,} {state}", STYLES.get(state, "")) for state in State if now.jobs.get(state)]
    return Text(", ").join(Text(text, style=style) for text, style in parts)


def _money(now: Standing) -> str:
    money = now.money
    said = f"{show_credits(money.settled)} spent ({show_usd(money.settled)})"
    if money.reserved:
        said += f", {show_credits(money.reserved)} reserved"
    if money.at_risk:
        said += f", {show_credits(money.at_risk)} at risk"
    return said
