"""Who may look, and by which names this server is called. Pure: time is handed in, and nothing is read."""

from __future__ import annotations

import hashlib
import hmac
import socket
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from batches.errors import SettingError

if TYPE_CHECKING:
    from pathlib import Path

    from workers.settings import Settings

SESSION_SECONDS = 12 * 3600
"""A night. Then the token is asked for again."""

SHORTEST_TOKEN = 16
"""Letters. A shorter one could be guessed."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

MAKE_ONE = (
    "Set FLUXBATCH_WEB_TOKEN, or FLUXBATCH_WEB_TOKEN_FILE, to a long random word, such as `openssl rand -hex 24`."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The rules of one server."""

    token: str | None = field(
        repr=False
    )  #: that has to be shown; None: whoever reaches this machine's loopback is its owner
    names: frozenset[str]  #: host names it is called by; addresses always may
    secure: bool  #: whether people reach it by https

    def knows(self, host: str) -> bool:
        """Whether a request to this `Host` means us. A name that is not ours is what DNS rebinding comes with."""
        name = _name_of(host)
        return name in self.names or _is_address(name)

    def is_token(self, said: str) -> bool:
        """Whether this is the token, told in the same time for every guess."""
        return self.token is not None and hmac.compare_digest(_digest(said), _digest(self.token))

    def session(self, now: float) -> str:
        """A cookie for somebody who has shown the token. It is worth nothing once the token is another."""
        until = str(int(now + SESSION_SECONDS))
        return f"{until}.{self._seal(until)}"

    def is_session(self, cookie: str, now: float) -> bool:
        """Whether this cookie is one of ours, and not over."""
        until, _, seal = cookie.partition(".")
        return hmac.compare_digest(seal.encode(), self._seal(until).encode()) and int(until) > now

    def _seal(self, until: str) -> str:
        key = f"fluxbatch session {self.token}"
        return hmac.new(key.encode(), until.encode(), hashlib.sha256).hexdigest()


def access_for(settings: Settings, host: str, url: str | None) -> Access:
    """The rules for a server at this address, which people reach by `url`; SettingError where it had to be open."""
    token = _token_of(settings)
    if token is None and host not in LOOPBACK:
        raise SettingError(f"The page would be open to everybody who reaches {host}: there is no token.", cure=MAKE_ONE)
    if token is not None and len(token) < SHORTEST_TOKEN:
        raise SettingError(f"The token of the page is shorter than {SHORTEST_TOKEN} letters.", cure=MAKE_ONE)
    parts = urlsplit(url or "")
    if url is not None and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise SettingError(f"--url {url} is no address.", cure="Write it in full: --url https://batches.example.com.")
    names = {*LOOPBACK, host.lower(), socket.gethostname().lower(), parts.hostname or "localhost"}
    return Access(token=token, names=frozenset(names), secure=parts.scheme == "https")


def _token_of(settings: Settings) -> str | None:
    if settings.web_token is not None:
        return settings.web_token.get_secret_value().strip()
    return None if settings.web_token_file is None else _read(settings.web_token_file)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no text"
        cure = "Correct FLUXBATCH_WEB_TOKEN_FILE."
        raise SettingError(f"The token's file {file} cannot be read: {said}.", cure=cure) from error


def _name_of(host: str) -> str:
    """`[::1]:8600` -> `::1`."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="replace")).digest()
