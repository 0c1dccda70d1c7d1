"""Asks BFL over HTTP. Every way a request can end is an answer, never an exception of httpx."""

from __future__ import annotations

import time
from contextlib import suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

import httpx

from workers.bfl import reading
from workers.bfl.answers import (
    AnswerLost,
    Busy,
    Downloaded,
    Foreign,
    KeyRefused,
    LinkDead,
    Trouble,
)
from workers.errors import AccountRefused, ApiUnreachable
from workers.settings import BFL_DOMAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from workers.bfl.answers import DownloadAnswer, PollAnswer, SubmitAnswer

MAX_RESULT_BYTES: Final = 256 * 1024 * 1024
"""A result larger than this is not a picture."""

CONNECT_SECONDS: Final = 10.0
"""A host that takes longer to accept a connection is away."""

ANSWER_SECONDS: Final = 30.0
"""A silence of this length means that no answer will come."""

IDLE_SECONDS: Final = 2.0
"""A connection idle for longer is not used again: if BFL closed it just then, a submission would be in doubt."""

# The request cannot have reached BFL, so it cannot have been billed.
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Client:
    """One account at one host. Threads share it."""

    def __init__(
        self,
        api_url: str,
        key: str,
        *,
        connections: int = 64,
        answer_seconds: float = ANSWER_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Speak to this host with this key, over at most so many connections."""
        self.api_url = api_url
        self._key = key
        self._clock = clock
        limits = httpx.Limits(
            max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=IDLE_SECONDS
        )
        # trust_env off: a proxy or .netrc picked up by accident must not see the key or the prompts.
        timeout = httpx.Timeout(answer_seconds, connect=CONNECT_SECONDS)
        self._http = httpx.Client(timeout=timeout, limits=limits, trust_env=False, follow_redirects=False)

    def submit(self, path: str, body: Mapping[str, object]) -> SubmitAnswer:
        """Send one job. Costs money when it is accepted."""
        try:
            answer = self._http.post(self.api_url + path, json=body, headers=self._headers())
        except NEVER_SENT as error:
            return Busy(f"no connection to {self.api_url}: {_said(error)}")
        except httpx.HTTPError as error:
            return AnswerLost(f"no answer: {_said(error)}")
        return reading.read_submit(answer.status_code, answer.headers, _text(answer), now=self._clock())

    def poll(self, polling_url: str) -> PollAnswer:
        """Ask for the result behind a ticket."""
        if not self._trusted(polling_url):
            return Foreign(f"the ticket points to a host that is not BFL's: {_bare(polling_url)}")
        try:
            answer = self._http.get(polling_url, headers=self._headers())
        except httpx.HTTPError as error:
            return Trouble(f"no answer: {_said(error)}")
        if answer.is_redirect:
            return self._poll_elsewhere(answer)
        return reading.read_poll(answer.status_code, answer.headers, _text(answer), now=self._clock())

    def download(self, link: str) -> DownloadAnswer:
        """Fetch a result. The link carries its own signature, so the key stays here."""
        if not self._trusted(link):
            return Foreign(f"the result lies on a host that is not BFL's: {_bare(link)}")
        try:
            with self._http.stream("GET", link) as answer:
                return _body_of(answer)
        except httpx.HTTPError as error:
            return Trouble(f"the download broke off: {_said(error)}")

    def credits(self) -> Decimal | None:
        """The account's balance; None while BFL is too busy to tell it, which keeps no batch from waiting its turn.

        Raises what a person should know before a batch begins.
        """
        try:
            answer = self._http.get(f"{self.api_url}/v1/credits", headers=self._headers())
        except httpx.HTTPError as error:
            raise ApiUnreachable(
                f"{self.api_url} does not answer: {_said(error)}.",
                cure="Check the network and FLUXBATCH_API_URL, then run the same command again.",
            ) from error
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

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def _headers(self) -> dict[str, str]:
        return {"x-key": self._key}

    def _poll_elsewhere(self, answer: httpx.Response) -> PollAnswer:
        """Follow one redirect, and only to a host that may see the key."""
        target = str(answer.next_request.url) if answer.next_request else ""
        if not target:
            return Trouble("a poll was sent on to nowhere")
        if not self._trusted(target):
            return Foreign(f"a poll was sent on to a host that is not BFL's: {_bare(target)}")
        try:
            onward = self._http.get(target, headers=self._headers())
        except httpx.HTTPError as error:
            return Trouble(f"no answer: {_said(error)}")
        return reading.read_poll(onward.status_code, onward.headers, _text(onward), now=self._clock())

    def _trusted(self, url: str) -> bool:
        """BFL's own hosts over https, or the host and scheme we were told to use: this machine by any of its names."""
        try:
            there, ours = httpx.URL(url), httpx.URL(self.api_url)  # read as they will be when connecting
        except httpx.InvalidURL:
            return False
        if there.scheme == ours.scheme and (there.host == ours.host or (_is_loopback(there) and _is_loopback(ours))):
            return True
        return there.scheme == "https" and there.host.endswith(f".{BFL_DOMAIN}")


def _body_of(answer: httpx.Response) -> DownloadAnswer:
    if answer.status_code in (401, 403, 404, 410):
        return LinkDead(f"{answer.status_code} for the delivery link")
    if answer.status_code != 200:
        return Trouble(f"{answer.status_code} for the delivery link")
    chunks, size = [], 0
    for chunk in answer.iter_bytes():
        size += len(chunk)
        if size > MAX_RESULT_BYTES:
            return Trouble(f"the result is larger than {MAX_RESULT_BYTES:,} bytes")
        chunks.append(chunk)
    return Downloaded(b"".join(chunks))


def _is_loopback(url: httpx.URL) -> bool:
    with suppress(ValueError):
        return ip_address(url.host).is_loopback
    return url.host == "localhost"


def _bare(url: str) -> str:
    """Without the query, which may hold a signature."""
    return url.partition("?")[0]


def _text(answer: httpx.Response) -> str:
    """JSON is UTF-8 whatever the answer declares itself to be."""
    return answer.content.decode(errors="replace")


def _said(error: Exception) -> str:
    return str(error).strip() or type(error).__name__
