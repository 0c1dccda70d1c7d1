"""BFL, as far as a fleet can see it, with books of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batches.store.ledger.records import Reported, Ticket
from tests.simulated_world.pictures import PICTURE
from workers.bfl.answers import (
    Accepted,
    AnswerLost,
    Busy,
    Downloaded,
    InFlight,
    LinkDead,
    Moderated,
    NoCredits,
    NotFound,
    Ready,
    Rejected,
    TaskError,
    Trouble,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.simulated_world.hub import Hub
    from tests.simulated_world.story import Story
    from tests.simulated_world.weather import Weather
    from workers.bfl.answers import DownloadAnswer, PollAnswer, SubmitAnswer

PRICE = 3_000_000
"""Micro-credits that every picture costs."""


@dataclass
class Task:
    """One order that BFL took."""

    id: str
    params: Mapping[str, object]
    ready_at: float
    known_from: float  #: polls before that do not find it
    fate: str  #: ready, moderated or error
    links: int = 0  #: how many were given out
    over: bool = False  #: somebody was told its end

    @property
    def billed(self) -> int:
        """Micro-credits on BFL's books."""
        return PRICE if self.fate == "ready" else 0


@dataclass
class Company:
    """Takes orders, draws, bills."""

    hub: Hub
    weather: Weather
    story: Story
    limit: int  #: active tasks it allows
    tasks: dict[str, Task] = field(default_factory=dict)
    broke: bool = False  #: the account has no credits just now
    too_many: int = 0  #: orders refused because the account had its limit active
    peak: int = 0

    def submit(self, _path: str, params: Mapping[str, object]) -> SubmitAnswer:
        """An order, over a network that may lose either way."""
        dice, weather = self.hub.dice, self.weather
        self.hub.pause(dice.uniform(0.05, 0.5))
        if weather.strikes("no connection"):
            return Busy("no connection")
        answer = self._judge(params)
        self.story.tell("BFL", "answers", type(answer).__name__)
        self.hub.pause(dice.uniform(0.05, 0.5))
        return AnswerLost("the answer was lost") if weather.strikes("lost answer") else answer

    def _judge(self, params: Mapping[str, object]) -> SubmitAnswer:
        weather = self.weather
        if self.broke:
            return NoCredits("no credits")
        if weather.strikes("unavailable"):
            return Busy("503", retry_after=self.hub.dice.choice([None, 2.0]))
        if self.active >= self.limit:
            self.too_many += 1
            return Busy("429", retry_after=None)
        if weather.strikes("rejected"):
            return Rejected("422")
        task = self._take(params)
        ticket = Ticket(id=task.id, polling_url=f"https://world/{task.id}", accepted_at=self.hub.now)
        return Accepted(ticket, Reported(micro_credits=self.hub.dice.choice([PRICE, None])))

    def _take(self, params: Mapping[str, object]) -> Task:
        dice, now = self.hub.dice, self.hub.now
        fate = (
            "moderated" if self.weather.strikes("moderated") else "error" if self.weather.strikes("error") else "ready"
        )
        known = now + (dice.uniform(0.5, 5) if self.weather.strikes("not found") else 0)
        task = Task(f"task-{len(self.tasks) + 1}", dict(params), now + dice.lognormvariate(1.0, 0.5), known, fate)
        self.tasks[task.id] = task
        self.peak = max(self.peak, self.active)
        return task

    @property
    def active(self) -> int:
        return sum(not task.over and task.ready_at > self.hub.now for task in self.tasks.values())

    def poll(self, url: str) -> PollAnswer:
        """How a task stands."""
        self.hub.pause(self.hub.dice.uniform(0.02, 0.2))
        task = self.tasks[url.rpartition("/")[2]]
        answer = self._stands(task)
        self.hub.pause(self.hub.dice.uniform(0.02, 0.2))
        return Trouble("the answer was lost") if self.weather.strikes("lost poll") else answer

    def _stands(self, task: Task) -> PollAnswer:
        now = self.hub.now
        if now < task.known_from:
            return NotFound()
        if now < task.ready_at:
            return InFlight()
        task.over = True
        if task.fate == "moderated":
            return Moderated("moderated", Reported(micro_credits=self.hub.dice.choice([0, None])))
        if task.fate == "error":
            return TaskError("error", Reported(micro_credits=0))
        task.links += 1
        return Ready(f"https://world/{task.id}/{task.links}", Reported(micro_credits=PRICE), {"seed": 1})

    def download(self, _link: str) -> DownloadAnswer:
        """The bytes."""
        self.hub.pause(self.hub.dice.uniform(0.02, 0.5))
        if self.weather.strikes("link dead"):
            return LinkDead("the link is dead")
        if self.weather.strikes("no download"):
            return Trouble("cut")
        return Downloaded(PICTURE[:40] if self.weather.strikes("bad picture") else PICTURE)

    def close(self) -> None:
        """Nothing is open."""
