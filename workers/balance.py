"""What an account has: asked of BFL and written down, by whoever is about to spend and by the leader of its workers."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batches.errors import FluxbatchError
from batches.money import micro_credits
from batches.store.ledger import balances
from batches.store.ledger.balances import Reading
from workers import log
from workers.bfl import Client
from workers.bfl.client import ANSWER_SECONDS
from workers.errors import ApiUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from batches.store.ledger import Ledger
    from workers.accounts import Account

READ_EVERY_SECONDS = 600.0
"""How old the last reading of a balance may get while workers are there."""

SOON_SECONDS = 3.0
"""How long an answer is waited for where it would only be good to know."""


def ask_balance(account: Account, *, within: float = ANSWER_SECONDS) -> Reading | None:
    """Ask BFL now; None while it is too busy to tell.

    Raises SettingError without a key, AccountRefused for one that may not be used, ApiUnreachable without an answer.
    """
    asked_at = time.time()
    with closing(Client(account.api_url, account.key(), connections=1, answer_seconds=within)) as client:
        told = client.credits()
    if told is None:
        return None
    return Reading(account=account.name, asked_at=asked_at, at=time.time(), micro_credits=micro_credits(told))


def clock_ahead(account: Account, *, within: float = SOON_SECONDS) -> float | None:
    """Seconds that our clock shows more than the API's; None where that shows none. Raises as `ask_balance` does."""
    with closing(Client(account.api_url, account.key(), connections=1, answer_seconds=within)) as client:
        asked_at = time.time()
        shown = client.date()
        answered_at = time.time()
    # It shows whole seconds, so it is half of one further on.
    return None if shown is None else (asked_at + answered_at) / 2 - (shown + 0.5)


def ask_balances(accounts: Iterable[Account], *, within: float = ANSWER_SECONDS) -> Sequence[Reading] | None:
    """Ask for several, one after the other; None where one cannot be told. Raises what `ask_balance` raises."""
    told = [ask_balance(account, within=within) for account in accounts]
    readings = [reading for reading in told if reading is not None]
    return readings if len(readings) == len(told) else None


def read_balances(
    accounts: Iterable[Account], ledger: Ledger, *, within: float = ANSWER_SECONDS
) -> Sequence[Reading] | None:
    """The same, written down as well."""
    readings = ask_balances(accounts, within=within)
    if readings:
        with ledger.write(flush=False) as tx:
            for reading in readings:
                balances.keep(tx, reading)
    return readings


@dataclass(frozen=True, slots=True)
class Told:
    """What an account answered to the question for its balance."""

    account: str
    answer: Reading | FluxbatchError  #: or why it is not known


def ask_all(accounts: Iterable[Account]) -> Iterator[Told]:
    """Ask one after the other; one that fails does not hide the others."""
    for account in accounts:
        try:
            reading = ask_balance(account)
        except FluxbatchError as error:
            yield Told(account.name, error)
        else:
            yield Told(account.name, reading or _too_busy(account))


class BalanceWatch:
    """Has the balance of an account read from time to time, beside whoever calls."""

    def __init__(self, account: Account, ledger: Ledger, *, clock: Callable[[], float] = time.time) -> None:
        """Read none yet."""
        self._account = account
        self._ledger = ledger
        self._clock = clock
        self._due = 0.0

    def look(self) -> None:
        """Begin to read the balance if the last reading, whoever took it, is old. Never waits for BFL."""
        now = self._clock()
        if now < self._due:
            return
        with self._ledger.read() as tx:
            last = balances.latest(tx, self._account.name)
        wait = 0.0 if last is None else last.at + READ_EVERY_SECONDS - now
        self._due = now + (wait if wait > 0 else READ_EVERY_SECONDS)
        if wait <= 0:
            threading.Thread(target=self._read, name="balance", daemon=True).start()

    def _read(self) -> None:
        try:
            read_balances([self._account], self._ledger)
        except FluxbatchError as error:  # it costs nobody a picture
            log.trouble("balance", error)
        except Exception as error:  # noqa: BLE001  # a mistake of ours must not pass unheard in a thread of its own
            log.bug("balance", error)


def _too_busy(account: Account) -> ApiUnreachable:
    return ApiUnreachable(f"{account.api_url} is too busy to tell the account's credits.", cure="Ask again later.")
