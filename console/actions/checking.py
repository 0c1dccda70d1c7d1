"""Checks what fluxbatch needs to work: each check says what it found, and the cure when it found nothing good."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

from batches.errors import FluxbatchError
from batches.money import show_credits
from batches.store.images import open_tried
from batches.store.ledger import Ledger
from console.actions import services
from workers.accounts import Accounts
from workers.balance import ask_balance
from workers.broker import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workers.accounts import Account
    from workers.settings import Settings

ROOM_NEEDED = 1_000_000_000
"""Bytes of free disk below which a batch of pictures is asking for trouble."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    what: str
    good: bool
    said: str
    cure: str = ""


def findings(settings: Settings) -> Iterator[Finding]:
    """Every check, one after the other."""
    checks: dict[str, Callable[[], str]] = {
        "versions": _versions,
        **{f"account {account.name}": partial(_api, account) for account in Accounts.of(settings)},
        "broker": partial(_broker, settings),
        "ledger": partial(_ledger, settings),
        "image store": partial(_images, settings),
        "free disk": partial(_disk, settings),
    }
    for what, check in checks.items():
        try:
            yield Finding(what, good=True, said=check())
        except FluxbatchError as error:
            yield Finding(what, good=False, said=error.message, cure=error.cure)


def _versions() -> str:
    names = ("fluxbatch", "celery", "redis", "sqlalchemy")
    return ", ".join([f"Python {sys.version.split()[0]}", *(f"{name} {version(name)}" for name in names)])


def _api(account: Account) -> str:
    found = ask_balance(account)
    if found is None:
        return f"{account.api_url} answers; its credits are not told just now"
    return f"{account.api_url} takes the key; the account has {show_credits(found.micro_credits)}"


def _broker(settings: Settings) -> str:
    with services.broker(settings) as url:
        redis = connect(url)
        info = redis.info()
        redis.close()
    policy, kind = info["maxmemory_policy"], "configured" if settings.broker_url else "embedded"
    if policy != "noeviction":
        raise FluxbatchError(
            f"the {kind} broker may throw keys away (maxmemory-policy {policy}).",
            cure="Set maxmemory-policy noeviction on the Redis server.",
        )
    name = "Valkey" if "valkey_version" in info else "Redis"
    return f"{kind}, {name} {info.get('valkey_version', info['redis_version'])}, {policy}"


def _ledger(settings: Settings) -> str:
    with Ledger(settings.where_ledger) as ledger:
        return f"{ledger.where}, schema up to date"


def _images(settings: Settings) -> str:
    return f"{open_tried(settings.images_url).locate('')} can be written, read and listed"


def _disk(settings: Settings) -> str:
    home = settings.home.absolute()
    free = shutil.disk_usage(home if home.exists() else home.parent).free
    if free < ROOM_NEEDED:
        raise FluxbatchError(
            f"only {free / 1e9:.1f} GB free under {home}.", cure="Free some space, or move FLUXBATCH_HOME."
        )
    return f"{free / 1e9:,.1f} GB under {home}"
