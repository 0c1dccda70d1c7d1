"""One reader for all open pages: it looks into the ledger while somebody watches, and tells each page what changed.

A page listens to a topic, which has sources. A source reads some parts of the page, as HTML by the name of the part,
every so many seconds. Pages that listen to the same topic share what is read and rendered. A page that is slow gets
only the newest of each part.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.responses import StreamingResponse

from batches.errors import FluxbatchError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

LOOK_SECONDS = 0.5
"""From one look at the ledger to the next: what changes is seen within a second."""

QUIET_SECONDS = 15.0
"""Something is sent at least so often, so that both sides notice when the other is gone."""


@dataclass(frozen=True, slots=True)
class Source:
    """Some parts of a page."""

    every: float  #: seconds from one reading to the next
    read: Callable[[], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Topic:
    """All that is live on a page."""

    key: str  #: the same for pages that show the same
    sources: tuple[Source, ...]

    def parts(self) -> Mapping[str, str]:
        """All of them, for a page that is opened."""
        return {name: html for source in self.sources for name, html in source.read().items()}


class Hub:
    """Start it once; `stream` is what a page listens to."""

    def __init__(self) -> None:
        """Nothing is read before somebody watches."""
        self._turn = threading.Condition()
        self._watched: dict[str, _Watched] = {}
        self._closed = threading.Event()

    def start(self) -> None:
        """Begin to read for whoever watches."""
        threading.Thread(target=self._run, name="hub", daemon=True).start()

    def close(self) -> None:
        """Let all pages go."""
        self._closed.set()
        with self._turn:
            self._turn.notify_all()
            for watched in self._watched.values():
                watched.tell(None)

    def stream(self, topic: Topic) -> StreamingResponse:
        """Server-sent events: `parts` with the HTML of each part that changed, `trouble` with what is wrong."""
        return StreamingResponse(
            self._events(topic), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
        )

    async def _events(self, topic: Topic) -> AsyncIterator[str]:
        listener = _Listener(asyncio.get_running_loop())
        self._join(topic, listener)
        try:
            yield "retry: 1000\n\n"
            while (told := await listener.next()) is not None:
                yield told
        finally:
            self._leave(topic, listener)

    def _join(self, topic: Topic, listener: _Listener) -> None:
        with self._turn:
            watched = self._watched.setdefault(topic.key, _Watched(topic))
            watched.listeners.add(listener)
            if watched.last:
                listener.tell(watched.last)
            self._turn.notify_all()

    def _leave(self, topic: Topic, listener: _Listener) -> None:
        with self._turn:
            watched = self._watched[topic.key]
            watched.listeners.discard(listener)
            if not watched.listeners:
                del self._watched[topic.key]

    def _run(self) -> None:
        while not self._closed.is_set():
            with self._turn:
                if not self._watched:
                    self._turn.wait()
                watched = list(self._watched.values())
            for one in watched:
                one.look(time.monotonic())
            self._closed.wait(LOOK_SECONDS)


@dataclass(slots=True)
class _Watched:
    """A topic with those who listen to it."""

    topic: Topic
    listeners: set[_Listener] = field(default_factory=set)
    last: dict[str, str] = field(default_factory=dict)  #: what was told of each part
    due: dict[Source, float] = field(default_factory=dict)  #: when each source is read next, by the monotonic clock

    def look(self, now: float) -> None:
        """Read what is due, and tell what changed."""
        told: dict[str, str] = {}
        try:
            for source in self.topic.sources:
                if self.due.get(source, 0.0) <= now:
                    self.due[source] = now + source.every - LOOK_SECONDS / 2
                    told.update(source.read())
            told["trouble"] = ""
        except FluxbatchError as error:
            told = {"trouble": str(error)}
        except Exception as error:  # the other pages are read by this thread, too
            logging.getLogger(__name__).exception("hub")
            told = {"trouble": f"fluxbatch made a mistake: {error!r}"}
        changed = {name: html for name, html in told.items() if self.last.get(name) != html}
        self.last.update(changed)
        if changed:
            self.tell(changed)

    def tell(self, changed: Mapping[str, str] | None) -> None:
        """None: there is nothing more to come."""
        for listener in tuple(self.listeners):
            listener.tell(changed)


class _Listener:
    """One open page. `tell` may be called from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._woken = asyncio.Event()
        self._waiting: dict[str, str] = {}
        self._over = False

    def tell(self, changed: Mapping[str, str] | None) -> None:
        self._loop.call_soon_threadsafe(self._take, changed)

    def _take(self, changed: Mapping[str, str] | None) -> None:
        self._over = self._over or changed is None
        self._waiting.update(changed or {})
        self._woken.set()

    async def next(self) -> str | None:
        """The next event, spelt; None: there is none any more."""
        try:
            async with asyncio.timeout(QUIET_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            return ": still here\n\n"
        if self._over:
            return None
        self._woken.clear()
        waiting, self._waiting = self._waiting, {}
        return f"event: parts\ndata: {json.dumps(waiting, ensure_ascii=False)}\n\n"
