"""Checks what fluxbatch needs to work: each check says what it found, and the cure when it found nothing good."""

from __future__ import annotations

import shutil
import sys
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

from batches.errors import FluxbatchError, SettingError
from batches.money import show_credits
from batches.store.images import open_tried
from batches.store.ledger import Ledger
from console.actions import services
from console.actions.broker_health import judged
from console.exit_codes import ExitCode, exit_code_for
from workers.accounts import Accounts
from workers.balance import ask_balance, clock_ahead
from workers.broker import connect, translating
from workers.errors import ApiUnreachable
from workers.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from workers.accounts import Account

PARTS = ("fluxbatch", "celery", "redis", "sqlalchemy", "httpx", "pydantic", "obstore", "pillow")
"""The packages whose versions are told."""

ROOM_NEEDED = 1_000_000_000
"""Bytes of free disk below which a batch of pictures is asking for trouble."""

SECONDS_OFF = 5.0
"""A clock that is further off misses windows and deadlines, and takes live workers for silent ones."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    what: str
    good: bool
    said: str
    cure: str = ""
    code: ExitCode = ExitCode.DONE  #: what a command would end with for it


def findings() -> Iterator[Finding]:
    """Every check, one after the other. Without settings that can be read there are no others."""
    yield _found("versions", _versions)
    try:
        settings = Settings.load()
        accounts = list(Accounts.of(settings))
    except SettingError as error:
        yield _bad("settings", error)
        return
    checks: dict[str, Callable[[], str]] = {
        **{f"account {account.name}": partial(_api, account) for account in accounts},
        "clock": partial(_clock, accounts),
        "broker": partial(_broker, settings),
        "ledger": partial(_ledger, settings),
        "image store": partial(_images, settings),
        "free disk": partial(_disk, settings),
    }
    for what, check in checks.items():
        yield _found(what, check)


def _found(what: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(what, good=True, said=check())
    except FluxbatchError as error:
        return _bad(what, error)


def _bad(what: str, error: FluxbatchError) -> Finding:
    return Finding(what, good=False, said=error.message, cure=error.cure, code=exit_code_for(error))


def _versions() -> str:
    return ", ".join([f"Python {sys.version.split()[0]}", *(f"{name} {version(name)}" for name in PARTS)])


def _api(account: Account) -> str:
    found = ask_balance(account)
    if found is None:
        return f"{account.api_url} answers; its credits are not told just now"
    return f"{account.api_url} takes the key; the account has {show_credits(found.micro_credits)}"


def _clock(accounts: Sequence[Account]) -> str:
    """Beside that of the first API that shows one."""
    for account in accounts:
        try:
            ahead = clock_ahead(account)
        except (ApiUnreachable, SettingError):  # told by the check of the account
            continue
        if ahead is None:
            continue
        if abs(ahead) > SECONDS_OFF:
            which = "ahead of" if ahead > 0 else "behind"
            raise SettingError(
                f"this machine's clock is {abs(ahead):,.0f} s {which} that of {account.api_url}.",
                cure="Let it be set by the network: timedatectl set-ntp true, or the clock settings of the machine.",
            )
        return f"within {SECONDS_OFF:.0f} s of that of {account.api_url}"
    return "not compared: no API shows one"


def _broker(settings: Settings) -> str:
    with services.broker(settings) as url, closing(connect(url)) as redis, translating(url):
        return judged(redis.info(), "configured" if settings.broker_url else "embedded")


def _ledger(settings: Settings) -> str:
    with Ledger(settings.where_ledger) as ledger:
        with ledger.read() as tx:
            version = ".".join(map(str, tx.dialect.server_version_info or ()))
            name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[tx.dialect.name]
        return f"{ledger.where}, {name} {version}, schema up to date"


def _images(settings: Settings) -> str:
    return f"{open_tried(settings.images_url).locate('')} can be written, read and listed"


def _disk(settings: Settings) -> str:
    home = settings.home.absolute()
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(there).free
    if free < ROOM_NEEDED:
        raise SettingError(
            f"only {free / 1e9:.1f} GB free under {home}.", cure="Free some space, or move FLUXBATCH_HOME."
        )
    return f"{free / 1e9:,.1f} GB under {home}"
