"""The door of the server: what may not come in is refused here, whatever page or verb it was meant for.

Three rules; only what proves itself by a signature (`SIGNED`) is let past the second and the third:

1. The `Host` is one of our names (`Access.knows`).
2. Whoever asks has shown the token, where there is one: as a session's cookie, or as `Authorization: Bearer`.
3. What changes something comes from our own page, which a browser lets no other page pretend: it has the header
   `X-Fluxbatch`, and its `Origin`, if a browser sends one, is this host. A bearer token needs no such proof.
"""

from __future__ import annotations

import time
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException

from console.web.refusals import Refused, answer, login_asked

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from console.web.access import Access

COOKIE = "fluxbatch"

PROOF = "X-Fluxbatch"
"""A header that only our own pages, and programs, can send here."""

OPEN = ("/static/", "/login", "/healthz", "/readyz")
"""Where everybody may look: nothing there tells anything of batches."""

SIGNED = ("/hooks/",)
"""Where what is sent proves itself, and no token and no header of ours can be asked for."""

SAFE = frozenset({"GET", "HEAD"})

MOST_BYTES = 8_000_000
"""Of a request: a manifest with its prompts fits in."""

SEE_THE_LOG = "The details are where `fluxbatch serve` was started."

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """Stands before the whole application."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        """Guard this application by these rules."""
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._check(scope, Headers(scope=scope))
        except Refused as refused:
            await answer(scope, refused)(scope, receive, _with_headers(send))
        except _LoginAsked:
            await login_asked(scope)(scope, receive, _with_headers(send))
        else:
            await self._let_in(scope, receive, _with_headers(send))

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A mistake of ours is told without its details, and goes on to the log."""
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, _capped(receive), sending)
        except Exception:
            if not begun:
                await answer(scope, Refused(500, "fluxbatch made a mistake.", cure=SEE_THE_LOG))(scope, receive, send)
            raise

    def _check(self, scope: Scope, headers: Headers) -> None:
        host = headers.get("host", "")
        if not self._access.knows(host):
            cure = "Call it by its address, or start it with --url and the name that people use."
            raise Refused(403, f"This page does not go by the name {host}.", cure=cure)
        if int(headers.get("content-length", "0")) > MOST_BYTES:
            raise Refused(413, f"More than {MOST_BYTES // 1_000_000} MB are not taken at once.")
        if scope["path"].startswith(SIGNED):
            return
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        if self._access.is_token(bearer):
            return
        if scope["method"] not in SAFE and not _is_our_own(headers, host):
            cure = f"A program sends the header `{PROOF}: 1`, or its token as `Authorization: Bearer …`."
            raise Refused(403, "This did not come from a page of ours, so nothing was changed.", cure=cure)
        is_open = self._access.token is None or scope["path"].startswith(OPEN)
        if not is_open and not self._access.is_session(_cookie(headers), time.time()):
            raise _LoginAsked


class _LoginAsked(Exception):
    """Nobody knows yet who this is."""


def _is_our_own(headers: Headers, host: str) -> bool:
    origin = headers.get("origin")
    return PROOF in headers and (origin is None or urlsplit(origin).netloc == host)


def _cookie(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _capped(receive: Receive) -> Receive:
    """A body that says no length may not be longer either."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MOST_BYTES:
            raise HTTPException(413, f"More than {MOST_BYTES // 1_000_000} MB are not taken at once.")
        return message

    return counted


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending
