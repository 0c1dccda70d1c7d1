"""Accounts that are set up: the environment's own, and those of fluxbatch.toml. Keys are read where they are used."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.models import LANE_SLOTS, PUBLISHED, PriceTable
from batches.models.spelling import did_you_mean
from workers.account_file import NOTHING_WRITTEN, read_account_file
from workers.settings import usable_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from batches.models import Price
    from workers.account_file import AccountShape
    from workers.settings import Settings

FILE = Path("fluxbatch.toml")
"""In the working directory, unless FLUXBATCH_CONFIG names another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One API key with its host and limits."""

    name: str  #: whose money; its jobs are only carried out by its own workers
    api_url: str  #: the host to submit to
    allowed_hosts: Sequence[
        str
    ] = ()  #: further hosts that may be sent the key, in full or as patterns: `*.example.com`
    slots: Mapping[str, int]  #: the most tickets that may be active at a time, by lane class
    per_second: float | None = None  #: the most submissions in a second, over all lanes; None: as many as have slots
    prices: PriceTable = PUBLISHED  #: what it pays for each model
    key: Callable[[], str] = field(repr=False)  #: reads the key, or raises SettingError that says how to give one


@dataclass(frozen=True, slots=True)
class Accounts:
    """All of them."""

    usual: Account  #: pays where a manifest names none
    by_name: Mapping[str, Account]  #: each that is set up; the usual one is missing where only others have a key
    pools: Mapping[str, Sequence[str]]  #: accounts that pay together, by the name of their pool
    file: Path  #: where others can be written down

    @classmethod
    def of(cls, settings: Settings) -> Accounts:
        """What the environment and the file say."""
        file = settings.config or FILE
        found = read_account_file(file) if settings.config or file.exists() else NOTHING_WRITTEN
        written = {name: _written(name, shape, found.prices, file) for name, shape in found.accounts.items()}
        usual = written.get(settings.account_name) or _of_environment(settings, found.prices)
        own = {} if written and settings.api_key is None else {usual.name: usual}
        by_name = {**own, **written}
        if taken := found.pools.keys() & {usual.name, *by_name}:
            cure = f"Call the pool by another name in {file}."
            raise SettingError(f"{file}: `pools.{min(taken)}` has the name of an account.", cure=cure)
        return cls(usual, by_name, found.pools, file)

    def __iter__(self) -> Iterator[Account]:
        return iter(self.by_name.values())

    def named(self, name: str | None) -> Account:
        """The account of this name, or the usual one for none; raises SettingError that lists them all."""
        if name is None or name == self.usual.name:
            return self.usual
        if name in self.by_name:
            return self.by_name[name]
        if name in self.pools:
            raise SettingError(f'"{name}" is a pool.', cure=f"Name one of its accounts: {', '.join(self.pools[name])}.")
        hint = did_you_mean(name, [*self.by_name, *self.pools])
        raise SettingError(
            f'There is no account "{name}"{f"; {hint}" if hint else "."}',
            cure=f"These are set up: {', '.join(self.by_name)}. To set this one up, write [accounts.{name}] into "
            f'{self.file}, with key_env = "NAME_OF_A_VARIABLE".',
        )

    def pooled(self, name: str) -> Sequence[Account]:
        """The account of this name, or those of the pool; raises SettingError for one that is not set up."""
        try:
            return [self.named(one) for one in self.pools.get(name, [name])]
        except SettingError as error:
            if name not in self.pools:
                raise
            raise SettingError(f"{self.file}: `pools.{name}`: {error.message}", cure=error.cure) from None


def names_of(accounts: Iterable[Account]) -> tuple[str, ...]:
    """What these accounts are called."""
    return tuple(account.name for account in accounts)


def slots_together(accounts: Iterable[Account]) -> Mapping[str, int]:
    """How many tickets these accounts may have active at a time, by lane class."""
    return sum((Counter(account.slots) for account in accounts), Counter())


def prices_together(accounts: Iterable[Account]) -> PriceTable:
    """What these accounts pay; where they do not pay the same, what is published, since any of them may get a job."""
    first, *others = (account.prices for account in accounts)
    return first if all(other == first for other in others) else PUBLISHED


def _of_environment(settings: Settings, prices: Mapping[str, Price]) -> Account:
    def key() -> str:
        if settings.api_key is None:
            raise SettingError(
                "No API key: BFL_API_KEY is not set.",
                cure="Set BFL_API_KEY to your key from Black Forest Labs, or add --simulate to try without one.",
            )
        return settings.api_key.get_secret_value()

    return Account(
        name=settings.account_name, api_url=settings.api_url, slots=LANE_SLOTS, prices=PriceTable(prices), key=key
    )


def _written(name: str, shape: AccountShape, prices: Mapping[str, Price], file: Path) -> Account:
    """Its own prices go before those of all accounts."""

    def key() -> str:
        try:
            return usable_key(_key_of(shape, file.parent))
        except ValueError as error:
            raise SettingError(
                f"The key of the account {name} cannot be used: {error}.",
                cure=f"Mend it, or say in {file} under [accounts.{name}] where its key is.",
            ) from None

    return Account(
        name=name,
        api_url=shape.api_url,
        allowed_hosts=shape.allowed_hosts,
        slots={**LANE_SLOTS, **shape.slots},
        per_second=shape.per_second,
        prices=PriceTable({**prices, **shape.prices}),
        key=key,
    )


def _key_of(shape: AccountShape, folder: Path) -> str:
    """What its variable or its file holds; a relative path goes from the folder of fluxbatch.toml."""
    if shape.key_env is not None:
        if found := os.environ.get(shape.key_env):
            return found
        raise ValueError(f"{shape.key_env} is not set")
    try:
        return (folder / str(shape.key_file)).read_text(encoding="utf-8")
    except OSError as error:  # its path is not shown: it might be a key in the wrong place
        raise ValueError(f"the file that `key_file` names cannot be read: {error.strerror}") from None
