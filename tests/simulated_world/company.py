"""BFL, as far as a fleet can see it, with books of its own."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from batches.store.ledger.records import Reported, Ticket
from tests.simulated_world.pictures import PICTURE
from workers.bfl.answers import (
    Accepted,
    AnswerLost,
    Busy,
    Downloaded,
    Foreign,
    InFlight,
    KeyRefused,
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
    from collections.abc import Iterator, Mapping

    from batches.store.images import Draft
    from tests.simulated_world.hub import Fiber, Hub
    from tests.simulated_world.story import Story
    from tests.simulated_world.watch import Watch
    from tests.simulated_world.weather import Weather
    from workers.bfl.answers import DownloadAnswer, PollAnswer, SubmitAnswer

PRICE = 3_000_000
"""Micro-credits that every picture costs."""

SAME_AGAIN = 0.8
"""The chance that a prompt which was moderated, or failed, is so again."""


@dataclass
class Task:
    """One order that BFL took."""

    id: str
    prompt: str  #: which tells the job: no two have the same
    ready_at: float
    known_from: float  #: polls before that do not find it
    fate: str  #: ready, moderated or error
    links: int = 0  #: how many were given out
    over: bool = False  #: somebody was told its end
    delivered: bool = False  #: the answer to its order reached us

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
    watch: Watch
    limit: int  #: active tasks it allows
    tasks: dict[str, Task] = field(default_factory=dict)
    broke: bool = False  #: the account has no credits just now
    _fates: dict[str, str] = field(default_factory=dict)  #: how each prompt ended last
    on_the_wire: list[Fiber | None] = field(default_factory=list)  #: whose orders have no answer yet

    def submit(self, _path: str, params: Mapping[str, object]) -> SubmitAnswer:
        """An order, over a network that may lose either way."""
        dice, weather = self.hub.dice, self.weather
        with self._wire():
            self.hub.pause(dice.uniform(0.05, 0.5))
            if weather.strikes("no connection"):
                return Busy("no connection")
            answer = self._judge(str(params["prompt"]))
            self.story.tell("BFL", "answers", type(answer).__name__)
            self.hub.pause(dice.uniform(10, 40) if weather.strikes("late answer") else dice.uniform(0.05, 0.5))
            if weather.strikes("lost answer"):
                return AnswerLost("the answer was lost")
        return self._delivered(answer) if isinstance(answer, Accepted) else answer

    def _delivered(self, answer: Accepted) -> Accepted:
        self.tasks[answer.ticket.id].delivered = True
        return replace(answer, ticket=replace(answer.ticket, accepted_at=self.hub.now))

    @contextmanager
    def _wire(self) -> Iterator[None]:
        fiber = self.hub.running
        self.on_the_wire.append(fiber)
        try:
            yield
        finally:
            self.on_the_wire.remove(fiber)

    def _judge(self, prompt: str) -> SubmitAnswer:
        weather, active = self.weather, self.active
        self.watch.order_arrives(prompt, [task.id for task in active])
        if self.broke:
            return NoCredits("no credits")
        if weather.strikes("key refused"):
            return KeyRefused("403")
        if weather.strikes("unavailable"):
            return Busy("503", retry_after=self.hub.dice.choice([None, 2.0]))
        if len(active) >= self.limit:
            return Busy("429", limited=True)
        if weather.strikes("rejected"):
            return Rejected("422")
        task = self._take(prompt)
        ticket = Ticket(id=task.id, polling_url=f"https://world/{task.id}", accepted_at=self.hub.now)
        return Accepted(ticket, Reported(micro_credits=self.hub.dice.choice([PRICE, None])))

    def _take(self, prompt: str) -> Task:
        dice, weather, now = self.hub.dice, self.weather, self.hub.now
        fate = self._fates[prompt] = self._fate_of(prompt)
        known = now + (dice.uniform(0.5, 5) if weather.strikes("not found") else 0)
        seconds = dice.uniform(20, 60) if weather.strikes("slow") else dice.lognormvariate(1.0, 0.5)
        task = Task(f"task-{len(self.tasks) + 1}", prompt, now + seconds, known, fate)
        self.tasks[task.id] = task
        return task

    def _fate_of(self, prompt: str) -> str:
        """Most prompts come to the same end each time."""
        if prompt in self._fates and self.hub.dice.random() < SAME_AGAIN:
            return self._fates[prompt]
        return next((fate for fate in ("moderated", "error") if self.weather.strikes(fate)), "ready")

    @property
    def active(self) -> list[Task]:
        return [task for task in self.tasks.values() if not task.over and task.ready_at > self.hub.now]

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

    def download(self, _link: str, into: Draft) -> DownloadAnswer:
        """The bytes."""
        self.hub.pause(self.hub.dice.uniform(0.02, 0.5))
        if self.weather.strikes("foreign link"):
            return Foreign("the link leads elsewhere")
        if self.weather.strikes("link dead"):
            return LinkDead("the link is dead")
        if self.weather.strikes("no download"):
            return Trouble("cut")
        into.write(PICTURE[:40] if self.weather.strikes("bad picture") else PICTURE)
        return Downloaded()
