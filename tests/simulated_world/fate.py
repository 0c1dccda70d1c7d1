"""What befalls a fleet: workers come, go, are killed, sleep or faint, and Redis forgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulated_world.fleet import Fleet

BAD_MOMENT_SECONDS = 5.0
"""How long it waits for the moment in which it does the greatest harm."""


class Fate:
    """Strikes at any time, and as often in the very moment in which an order is on its way."""

    def __init__(self, fleet: Fleet) -> None:
        dice = fleet.hub.dice
        gentle = [fleet.send_one_home, fleet.send_one_home, fleet.hire, self._turn_account]
        rough = [*3 * [fleet.kill_one], *2 * [fleet.hire], fleet.flush]
        drowsy = [*3 * [fleet.put_one_to_sleep], *2 * [fleet.let_one_faint]]
        self._fleet = fleet
        self._violence = dice.choice([0, 2, 4, 8])  # blows in ten seconds
        self._blows = dice.choice([gentle, [*gentle, *rough], drowsy, [*gentle, *rough, *drowsy]])

    def unfold(self) -> None:
        """Until it is calm."""
        hub = self._fleet.hub
        while self._violence:
            hub.pause(hub.dice.expovariate(self._violence / 10))
            self._await_bad_moment()
            if self._fleet.weather.is_calm:
                return
            hub.dice.choice(self._blows)()

    def _await_bad_moment(self) -> None:
        hub = self._fleet.hub
        until = hub.now + hub.dice.choice([0.0, BAD_MOMENT_SECONDS])
        while hub.now < until and not self._fleet.company.on_the_wire:
            hub.pause(0.1)

    def _turn_account(self) -> None:
        self._fleet.company.broke = not self._fleet.company.broke
