"""What happened in a world, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulated_world.hub import START

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulated_world.hub import Hub


class Story:
    """Also takes what the workers write into their log; a mistake of theirs breaks a law."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._told: list[tuple[float, str, str, object]] = []
        self.mistakes: list[object] = []
        self.kept: dict[object, float] = {}  # by ticket, when it stood in the ledger: a worker may sleep before that

    def tell(self, who: str, what: str, about: object = "") -> None:
        self._told.append((self._hub.now - START, who, what, about))

    def blame(self, mistake: object) -> None:
        """Tell what may not happen."""
        self.tell("law", "is broken:", mistake)
        self.mistakes.append(mistake)

    def info(self, event: str, **facts: object) -> None:
        """A line of the log."""
        self.tell("log", event, facts)
        if event == "accepted":
            self.kept[facts["ticket"]] = self._hub.now

    warning = info

    def error(self, event: str, **facts: object) -> None:
        """A line of the log that should not be there for nothing."""
        self.tell("log", event, facts)
        if event == "bug":
            self.mistakes.append(facts)

    def lines(self) -> Iterator[str]:
        for seconds, who, what, about in self._told:
            yield f"{seconds:9.2f}  {who:<9} {what} {about}"
