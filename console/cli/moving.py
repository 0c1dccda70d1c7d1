"""What is drawn over and over in one place, where a terminal can show that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.live import Live

from console.cli.output import can_draw, err

if TYPE_CHECKING:
    from types import TracebackType


class Moving:
    """Draws from the beginning of the block to its end, and leaves nothing behind."""

    def __init__(self) -> None:
        """Nothing is drawn yet. `_live` is None where a line now and then has to do."""
        self._live = Live(console=err, transient=True, auto_refresh=False) if can_draw() else None

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()
