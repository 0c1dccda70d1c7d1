"""Asks BFL over HTTP. Every way a request can end is an answer, never an exception of httpx."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import httpx

from workers.bfl import reading
from workers.bfl.answers import AnswerLost, Busy, Foreign, KeyRefused, Trouble
from workers.bfl.downloads import AT_ONCE, Downloads, bare
from workers.bfl.hosts import Hosts, PrivateAddress
from workers.bfl.line import Line, onward
from workers.errors import AccountRefused, ApiUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from batches.store.images import Draft
    from workers.bfl.answers import DownloadAnswer, PollAnswer, SubmitAnswer

ANSWER_SECONDS: Final = 30.0
"""A silence of this length means that no answer will come."""

# The request cannot have reached BFL, so it cannot have been billed.
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Client:
    """One account at one host. Threads share it."""

    def __init__(
        self,
        api_url: str,
        key: str,
        *,
        allowed_hosts: Sequence[str] = (),
        connections: int = 64,
        answer_seconds: float = ANSWER_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Speak to this host with this key, over at most so many connections; downloads have their own.

        `allowed_hosts` may be sent the key as well, in full or as patterns: `*.example.com`.
        """
        self.api_url = api_url
        self._key = {"x-key": key}
        self._clock = clock
        self._hosts = Hosts(api_url, allowed_hosts)
        self._line = Line(answer_seconds, connections)
        self._delivery = Line(answer_seconds, AT_ONCE)
        self._downloads = Downloads(self._hosts, self._delivery, clock=clock)

    def submit(self, path: str, body: Mapping[str, object]) -> SubmitAnswer:
        """Send one job. Costs money when it is accepted."""
        try:
            answer = self._line.ask("POST", self.api_url + path, headers=self._key, json=body)
        except NEVER_SENT as error:
            return Busy(f"no connection to {self.api_url}: {_said(error)}")
        except httpx.HTTPError as error:
            return AnswerLost(f"no answer: {_said(error)}")
        return reading.read_submit(answer.status_code, answer.headers, _text(answer), now=self._clock())

    def poll(self, polling_url: str) -> PollAnswer:
        """Ask for the result behind a ticket."""
        return self._poll(polling_url, may_go_on=True)

    def download(self, link: str, into: Draft) -> DownloadAnswer:
        """Fetch a result. The link carries its own signature, so the key stays here."""
        return self._downloads.fetch(link, into)

    def at_risk(self) -> int:
        """How many results are ready and not fetched, with little life left in their links."""
        return self._downloads.at_risk()

    def credits(self) -> Decimal | None:
        """The account's balance; None while BFL is too busy to tell it, which keeps no batch from waiting its turn.

        Raises what a person should know before a batch begins.
        """
        with self._answering():
            answer = self._line.ask("GET", f"{self.api_url}/v1/credits", headers=self._key)
        match reading.read_credits(answer.status_code, _text(answer)):
            case KeyRefused(message):
                raise AccountRefused(
                    f"{self.api_url} refuses the key: {message}.",
                    cure="Set BFL_API_KEY, or the account's own, to a key that may use this API. Nothing was sent.",
                )
            case Trouble(message):
                raise ApiUnreachable(
                    f"{self.api_url} does not tell the account's credits: {message}.",
                    cure="Check FLUXBATCH_API_URL and the API's status page, then run the same command again.",
                )
            case Busy():
                return None
            case balance:
                return balance

    def date(self) -> float | None:
        """What the API's clock shows, to the second; None where it shows none. Raises ApiUnreachable."""
        with self._answering():
            answer = self._line.ask("GET", f"{self.api_url}/v1/credits", headers=self._key)
        return reading.read_date(answer.headers)

    def close(self) -> None:
        """Close all connections."""
        self._line.close()
        self._delivery.close()

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except httpx.HTTPError as error:
            raise ApiUnreachable(
                f"{self.api_url} does not answer: {_said(error)}.",
                cure="Check the network and FLUXBATCH_API_URL, then run the same command again.",
            ) from error

    def _poll(self, url: str, *, may_go_on: bool) -> PollAnswer:
        """A redirect is followed once, and only to a host that may see the key."""
        if not self._hosts.may_see_key(url):
            return Foreign(f"the ticket points to a host that is not BFL's: {bare(url)}")
        try:
            answer = self._line.ask("GET", url, headers=self._key, guard=self._hosts.guard(url))
            there = onward(answer, url)
        except PrivateAddress as error:
            return Foreign(f"the ticket points to {bare(url)}: {error}")
        except httpx.HTTPError as error:
            return Trouble(f"no answer: {_said(error)}")
        if there is not None and may_go_on:
            return self._poll(there, may_go_on=False)
        return reading.read_poll(answer.status_code, answer.headers, _text(answer), now=self._clock())


def _text(answer: httpx.Response) -> str:
    """JSON is UTF-8 whatever the answer declares itself to be."""
    return answer.content.decode(errors="replace")


def _said(error: Exception) -> str:
    return str(error).strip() or type(error).__name__
