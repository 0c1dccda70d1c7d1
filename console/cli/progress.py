"""Live progress of one batch: a panel at a terminal, a line now and then in a log."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from batches.store.ledger.states import ENDED, State
from console.cli.outlook import show_end, show_money, show_notice
from console.cli.output import err, note

if TYPE_CHECKING:
    from types import TracebackType

    from rich.console import RenderableType

    from batches.store.ledger.records import Batch
    from batches.store.ledger.standing import Standing
    from console.actions.looking import Look

LINE_SECONDS = 10.0
"""How often a line is written where no panel can be drawn."""

STYLES = {State.DONE: "green", State.MODERATED: "yellow", State.UNSURE: "yellow", State.FAILED: "red"}


class Progress:
    """Shows how a batch stands, each time it is told."""

    def __init__(self, batch: Batch) -> None:
        """Begin; drawing starts with the block."""
        self._batch = batch
        self._began = time.monotonic()
        self._began_at = time.time()
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

    def show(self, look: Look) -> None:
        """Draw how it stands."""
        now = look.standing
        if self._live:
            self._live.update(self._panel(look), refresh=True)
        elif now.rests or time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + LINE_SECONDS
            note(f"{self._batch.id}: {_counts(now).plain}, {', '.join(_money(look))}")

    def _panel(self, look: Look) -> RenderableType:
        now = look.standing
        ended = sum(now.jobs.get(state, 0) for state in ENDED)
        grid = Table.grid(padding=(0, 1))
        grid.add_row(
            Text(self._batch.id, style="bold"),
            ProgressBar(total=max(now.total, 1), completed=ended, width=40),
            f"{ended:,} of {now.total:,}",
            f"{time.monotonic() - self._began:.0f} s",
        )
        told = [Text(show_notice(notice), style="yellow") for notice in look.notices if notice.at >= self._began_at]
        return Group(grid, _counts(now), *(Text(line, style="dim") for line in _money(look)), *told)


def _counts(now: Standing) -> Text:
    parts = [(f"{now.jobs[state]:,} {state}", STYLES.get(state, "")) for state in State if now.jobs.get(state)]
    return Text(", ").join(Text(text, style=style) for text, style in parts)


def _money(look: Look) -> list[str]:
    """What is spent, and what that leads to."""
    money, projection = show_money(look.standing.money), look.projection
    return [money, show_end(projection, time.time())] if projection else [money]
