"""HTTP over connections that stay open: httpx's transport, without the client around it.

The client would add cookies, authentication and redirects, which we do not use, and read an address anew wherever it
passes one on. That took more CPU than speaking HTTP does.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

CONNECT_SECONDS: Final = 10.0
"""A host that takes longer to accept a connection is away."""

IDLE_SECONDS: Final = 2.0
"""A connection idle for longer is not used again: if BFL closed it just then, a submission would be in doubt."""

ALWAYS: Final = {
    "accept": "*/*",
    "accept-encoding": "gzip, deflate",
    "connection": "keep-alive",
    "user-agent": "fluxbatch",
}
"""Headers of every request."""


class Line:
    """So many connections at most. Threads share it. Raises what httpx raises, and follows no redirect."""

    def __init__(self, answer_seconds: float, connections: int) -> None:
        """Take a silence of `answer_seconds` to mean that no answer will come."""
        limits = httpx.Limits(
            max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=IDLE_SECONDS
        )
        # trust_env off: certificates come from where we say, and no proxy picked up by accident sees key or prompts.
        self._transport = httpx.HTTPTransport(limits=limits, trust_env=False)
        self._timeout = httpx.Timeout(answer_seconds, connect=min(CONNECT_SECONDS, answer_seconds)).as_dict()

    def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        json: object = None,
        guard: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        """The whole answer."""
        with self.open(method, url, headers=headers, json=json, guard=guard) as answer:
            answer.read()
            return answer

    @contextmanager
    def open(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        guard: Mapping[str, Any] | None = None,
    ) -> Iterator[httpx.Response]:
        """The head of an answer; the block may read on. `guard` is what `Hosts` watches the connection with."""
        request = httpx.Request(
            method,
            parsed(url),
            headers={**ALWAYS, **(headers or {})},
            json=json,
            extensions={"timeout": self._timeout, **(guard or {})},
        )
        answer = self._transport.handle_request(request)
        try:
            yield answer
        finally:
            answer.close()

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()


@lru_cache(maxsize=1024)
def parsed(url: str) -> httpx.URL:
    """An address, read once: the same one is polled again and again. Raises httpx.InvalidURL."""
    return httpx.URL(url)


def onward(answer: httpx.Response, url: str) -> str | None:
    """Where an answer from this address sends us on to; None: nowhere. Nonsense raises httpx.RemoteProtocolError."""
    if not answer.has_redirect_location:
        return None
    try:
        return str(parsed(url).join(answer.headers["location"]))
    except httpx.InvalidURL as error:
        raise httpx.RemoteProtocolError(f"redirected to no address: {error}") from None
