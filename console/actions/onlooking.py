"""Looking on while batches are carried out: how they stand at each look, and once a second what changes less."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from batches.store.ledger.lately import lately
from console.actions.lanes import Lanes
from console.actions.looking import LOOK_SECONDS, look_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from batches.store.ledger import Ledger
    from batches.store.ledger.lately import Ended
    from batches.store.ledger.records import Batch
    from console.actions.lanes import Lane
    from console.actions.looking import Look
    from workers.settings import Settings

BESIDE_SECONDS = 1.0
"""How often slots and the latest attempts are looked at."""

LATELY_SECONDS = 900
"""What ended longer ago is not shown as the latest."""

MOST_OF_TIME = 0.1
"""The part of our time that looks may take, and keep from workers that share the ledger."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is seen at once."""

    looks: Sequence[Look]  #: of each batch
    lanes: Sequence[Lane]  #: that are used; none where the broker is away
    ended: Sequence[Ended]  #: the latest attempts, the newest first

    @property
    def rests(self) -> bool:
        """Whether nothing more happens in any of them."""
        return all(look.standing.rests for look in self.looks)


class Onlooker:
    """Looks at some batches and waits between looks."""

    def __init__(self, ledger: Ledger, batches: Sequence[Batch], settings: Settings) -> None:
        """Nothing is looked at yet."""
        self._ledger = ledger
        self._batches = batches
        self._lanes = Lanes(settings, sorted({account for batch in batches for account in batch.accounts}))
        self._beside: tuple[Sequence[Lane], Sequence[Ended]] = ((), ())
        self._beside_due = 0.0
        self._took = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lanes.close()

    def look(self) -> Scene:
        """How all stands now."""
        began, now = time.monotonic(), time.time()
        with self._ledger.read() as tx:
            looks = [look_at(tx, batch, now) for batch in self._batches]
            if began >= self._beside_due:
                ended = lately(tx, [batch.id for batch in self._batches], since=now - LATELY_SECONDS)
                self._beside = (self._lanes.in_use(), ended)
                self._beside_due = began + BESIDE_SECONDS
        self._took = time.monotonic() - began
        return Scene(looks, *self._beside)

    def wait(self) -> None:
        """Until the next look; the longer the last one took, the longer."""
        time.sleep(max(LOOK_SECONDS, self._took / MOST_OF_TIME))

    def watch(self, show: Callable[[Scene], None]) -> Scene:
        """Look on until all batches rest, whoever carries them on."""
        while True:
            scene = self.look()
            show(scene)
            if scene.rests:
                return scene
            self.wait()
