"""Live progress: a panel at a terminal, a line now and then in a log."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from batches.store.ledger.states import State
from console.cli.moving import Moving
from console.cli.outlook import show_end, show_money
from console.cli.output import err, note
from console.cli.panel import panel
from console.cli.rate import Rate
from console.cli.summary import show_counts

if TYPE_CHECKING:
    from batches.store.images import ImageStore
    from console.actions.looking import Look
    from console.actions.onlooking import Scene

LINE_SECONDS = 10.0
"""How often a line is written where no panel can be drawn."""


class Progress(Moving):
    """Shows how batches stand, each time it is told."""

    def __init__(self, store: ImageStore) -> None:
        """Begin; drawing starts with the block. Pictures lie in this store."""
        super().__init__()
        self._store = store
        self._began_at = time.time()
        self._next_line = 0.0
        self._rates: dict[str, Rate] = {}
        self._told_to_rest: set[str] = set()

    def show(self, scene: Scene) -> None:
        """Draw how they stand."""
        if self._live:
            rates = {look.standing.batch.id: self._rate(look) for look in scene.looks}
            drawn = panel(scene, rates, self._store, since=self._began_at, height=err.height)
            self._live.update(drawn, refresh=True)
        else:
            self._write(scene)

    def _rate(self, look: Look) -> float | None:
        rate = self._rates.setdefault(look.standing.batch.id, Rate())
        return rate.see(look.standing.jobs.get(State.DONE, 0), time.monotonic())

    def _write(self, scene: Scene) -> None:
        """A line of each batch now and then, and one when it has come to rest."""
        due = time.monotonic() >= self._next_line
        if due:
            self._next_line = time.monotonic() + LINE_SECONDS
        for look in scene.looks:
            batch_id = look.standing.batch.id
            if batch_id in self._told_to_rest:
                continue
            if look.standing.rests:
                self._told_to_rest.add(batch_id)
            if due or look.standing.rests:
                note(f"{batch_id}: {show_counts(look.standing)}, {_money(look)}")


def _money(look: Look) -> str:
    """What is spent, and what that leads to."""
    money, projection = show_money(look.standing.money), look.projection
    return f"{money}, {show_end(projection, time.time())}" if projection else money
