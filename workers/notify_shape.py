"""`[notify]` of fluxbatch.toml, as a person writes it."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from batches.store.ledger.notices import Event
from workers.strict import Strict, variable

FAILURES_PERCENT = 20


def _url(url: str) -> str:
    """Where notices go, with all its parts: some services have their key in the path."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in url:
        raise ValueError("give the address to post to, beginning with https://")
    _ = parts.port  # raises ValueError for a port that is no port
    if parts.scheme == "http" and not _is_here(parts.hostname):
        raise ValueError("it begins with http://, which is for this machine alone; use https://")
    return url


def _is_here(host: str) -> bool:
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


def _events(written: list[str]) -> list[str]:
    if not written or set(written) - set(Event):
        raise ValueError(f"name some of {', '.join(Event)}")
    return written


class NotifyShape(Strict):
    """Who is told of what."""

    url: Annotated[str, AfterValidator(_url)] | None = None
    secret_env: Annotated[str, AfterValidator(variable)] | None = None
    command: Annotated[list[str], Field(min_length=1)] | None = None
    on: Annotated[list[str], AfterValidator(_events)] = Field(default_factory=lambda: [event.value for event in Event])
    failures_percent: Annotated[int, Field(ge=1, le=100)] = FAILURES_PERCENT

    @property
    def events(self) -> frozenset[Event]:
        """What is told."""
        return frozenset(map(Event, self.on))

    @model_validator(mode="after")
    def _somebody(self) -> NotifyShape:
        if self.url is None and self.command is None:
            raise ValueError('say who is told: url = "https://…" or command = ["…"]')
        if self.secret_env is not None and self.url is None:
            raise ValueError("`secret_env` signs what is posted to a `url`, and there is none")
        return self
