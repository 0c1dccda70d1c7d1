"""Fetches results: over a few connections of their own, the link that dies first before the others, without the key."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import httpx

from workers.bfl.answers import Downloaded, Foreign, LinkDead, Trouble, Unusable
from workers.bfl.hosts import PrivateAddress
from workers.bfl.line import onward, parsed
from workers.bfl.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.store.images import Draft
    from workers.bfl.answers import DownloadAnswer
    from workers.bfl.hosts import Hosts
    from workers.bfl.line import Line

AT_ONCE: Final = 8
"""Downloads of one worker. At 0.3 s each that is 26 pictures a second, more than 24 slots ever make."""

MAX_BYTES: Final = 64 * 1024 * 1024
"""The largest picture BFL makes has 16 megapixels, which is 48 MB without any compression."""

LONGEST_SECONDS: Final = 300.0
"""A download that trickles for longer is broken off, or it would keep its place for ever."""

SHORTEST_LIFE: Final = 600.0
"""Seconds that a link without a date is taken to live: the shortest that BFL documents."""

AT_RISK_SECONDS: Final = 120.0
"""A result that is not fetched and whose link lives no longer than this is at risk: it may cost another poll."""

BINARY = {"application/octet-stream", "binary/octet-stream", ""}
"""What a store of files calls what it does not know."""


class Downloads:
    """The downloads of one worker. Threads share it."""

    def __init__(self, hosts: Hosts, line: Line, *, clock: Callable[[], float]) -> None:
        """Fetch from these hosts over this line."""
        self._hosts = hosts
        self._line = line
        self._clock = clock
        self._turns = Turns(AT_ONCE)

    def fetch(self, link: str, into: Draft) -> DownloadAnswer:
        """Write the result into the draft. Only after Downloaded is all of it there."""
        with self._turns.turn(expiry_of(link, self._clock())):
            return self._fetched(link, into, may_go_on=True)

    def at_risk(self) -> int:
        """How many results are ready and may be lost to their link's end."""
        return self._turns.before(self._clock() + AT_RISK_SECONDS)

    def _fetched(self, link: str, into: Draft, *, may_go_on: bool) -> DownloadAnswer:
        """A redirect is followed once, by the same rules."""
        if not self._hosts.may_deliver(link):
            return Foreign(f"the result lies on a host that is not BFL's: {bare(link)}")
        try:
            with self._line.open("GET", link, guard=self._hosts.guard(link)) as answer:
                there = onward(answer, link)
                if there is None or not may_go_on:
                    return _read(answer, into)
        except PrivateAddress as error:
            return Foreign(f"the result is not fetched from {bare(link)}: {error}")
        except httpx.HTTPError as error:
            return Trouble(f"the download broke off: {str(error).strip() or type(error).__name__}")
        return self._fetched(there, into, may_go_on=False)


def expiry_of(link: str, now: float) -> float:
    """When a signed link dies, in seconds since the epoch: as its `se` says."""
    with suppress(ValueError, httpx.InvalidURL):
        date = datetime.fromisoformat(parsed(link).params.get("se", ""))
        return date.replace(tzinfo=date.tzinfo or UTC).timestamp()
    return now + SHORTEST_LIFE


def bare(url: str) -> str:
    """Without the query, which may hold a signature."""
    return url.partition("?")[0]


def _read(answer: httpx.Response, into: Draft) -> DownloadAnswer:
    if answer.status_code in (401, 403, 404, 410):
        return LinkDead(f"{answer.status_code} for the delivery link")
    if answer.status_code != 200:
        return Trouble(f"{answer.status_code} for the delivery link")
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not kind.startswith("image/") and kind not in BINARY:
        return Unusable(f"the result is declared as {kind}, which is no picture")
    return _streamed(answer, into)


def _streamed(answer: httpx.Response, into: Draft) -> DownloadAnswer:
    """A body shorter than it declares itself to be raises; one that declares nothing is known when it is decoded."""
    until = time.monotonic() + LONGEST_SECONDS
    for chunk in answer.iter_bytes():
        into.write(chunk)
        if into.size > MAX_BYTES:
            return Unusable(f"the result is larger than {MAX_BYTES:,} bytes")
        if time.monotonic() > until:
            return Trouble(f"the download took longer than {LONGEST_SECONDS:.0f} s")
    return Downloaded()
