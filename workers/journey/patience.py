"""How long to wait. Pure numbers; jitter is added where the waiting is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.journey.pace import first_poll, is_sharp, next_gap

if TYPE_CHECKING:
    from batches.pace import Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """The times of a journey, in seconds."""

    first_poll: float = 0.5  #: after acceptance by a model never seen; the quickest models need about a second
    shortest_gap: float = 0.05  #: from acceptance to the first poll, and between two polls
    sharpest_gap: float = 0.02  #: between two polls where a model's promises have proved their worth
    longest_gap: float = 5.0  #: between two polls
    longest_first: float = 30.0  #: to the first poll: what was learnt in a bad hour must not keep slots idle for long
    not_found_grace: float = 60.0  #: how long BFL may not know a ticket it has just given
    not_found_tries: int = 5  #: polls in a row that do not find a ticket before it counts as lost: one may be a slip
    deadline: float = 1800.0  #: a ticket still in flight after this long is given up as lost
    backoff_base: float = 1.0  #: the first wait after a refusal: 1, 2, 4, 8, 16, 32, 60, 60 …
    backoff_cap: float = 60.0  #: the longest wait after a refusal
    ask_again_cap: float = 8.0  #: the longest wait for what costs nothing: a result is kept for minutes, not for ever
    longest_wait: float = 600.0  #: BFL may ask for more patience than that, but we look again
    slot_patience: float = 20.0  #: how long a called job waits for a slot before it goes back to the queue
    away_tries: int = 10  #: how often a picture is kept anew while its store does not answer, in about two minutes
    useless_tries: int = 4  #: how often a result that cannot be used is asked for
    stop: float = 300.0  #: how long a stopped account rests before the workers look again by themselves

    def first_gap(self, pace: Pace) -> float:
        """Seconds from acceptance to the first poll."""
        return min(max(first_poll(pace, unseen=self.first_poll), self.shortest_gap), self.longest_first)

    def poll_gap(self, pace: Pace, age: float, progress: float | None = None) -> float:
        """Seconds until the next poll of a ticket this old, of which BFL may say that a part is done."""
        gap = next_gap(pace, age, progress, unseen=self.first_poll)
        shortest = self.sharpest_gap if is_sharp(pace, progress) else self.shortest_gap
        return min(max(gap, shortest), self.longest_gap)

    def wait(self, tries: int, asked: float | None) -> float:
        """Seconds to wait after this many refusals in a row: longer than our backoff where BFL asks for it."""
        return min(max(self.backoff(tries), asked or 0), self.longest_wait)

    def ask_again(self, tries: int, asked: float | None = None) -> float:
        """Seconds until a poll or download that went wrong so often is tried again: 1, 2, 4, 8, 8."""
        return min(max(min(self.backoff(tries), self.ask_again_cap), asked or 0), self.longest_wait)

    def backoff(self, tries: int) -> float:
        """Seconds to wait after this many refusals in a row, counted from 1."""
        return float(min(self.backoff_base * 2 ** min(tries - 1, 30), self.backoff_cap))
