"""How far an export is: a bar at a terminal, a line now and then in a log."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.progress_bar import ProgressBar
from rich.table import Table

from console.cli.moving import Moving
from console.cli.output import note, show_bytes, show_seconds

if TYPE_CHECKING:
    from rich.console import RenderableType

    from batches.exports import Progress

BAR_SECONDS, LINE_SECONDS = 0.1, 10.0
"""How often a bar is drawn, and how often a line is written where none can be."""


class ExportProgress(Moving):
    """Shows how far an export is, each time it is told and not too often."""

    def __init__(self) -> None:
        """Begin; drawing starts with the block."""
        super().__init__()
        self._began = time.monotonic()
        self._gap = BAR_SECONDS if self._live else LINE_SECONDS
        self._next = self._began + self._gap

    def show(self, progress: Progress) -> None:
        """So far."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + self._gap
        said = f"{progress.items:,} of {progress.total:,}, {show_bytes(progress.bytes)}"
        if self._live:
            self._live.update(self._bar(progress, said, now), refresh=True)
        else:
            note(f"{said} in {show_seconds(now - self._began)}")

    def _bar(self, progress: Progress, said: str, now: float) -> RenderableType:
        grid = Table.grid(padding=(0, 1))
        bar = ProgressBar(total=progress.total, completed=progress.items, width=40)
        grid.add_row(bar, said, show_seconds(now - self._began))
        return grid
