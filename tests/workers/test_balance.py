"""Balances are read from the API and written down: at once where somebody asks, beside the work where nobody does."""

from __future__ import annotations

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from batches.errors import SettingError
from batches.store.ledger import balances
from batches.store.ledger.balances import Reading
from workers import balance, log
from workers.accounts import Account
from workers.balance import READ_EVERY_SECONDS, BalanceWatch, ask_balance, read_balances
from workers.errors import AccountRefused, ApiUnreachable

if TYPE_CHECKING:
    from batches.store.ledger import Ledger
    from tests.workers.conftest import Company

NOW = 1_000_000.0


@pytest.fixture
def account(company: Company, key: str) -> Account:
    return account_at(company.url, key)


def account_at(url: str, key: str) -> Account:
    return Account(name="ours", api_url=url, slots={}, key=lambda: key)


def kept(ledger: Ledger) -> list[Reading]:
    with ledger.read() as tx:
        return list(balances.readings(tx, "ours", since=0, until=1e12))


def keep(ledger: Ledger, at: float) -> None:
    with ledger.write() as tx:
        balances.keep(tx, Reading(account="ours", asked_at=at, at=at, micro_credits=1))


def test_a_balance_is_exact_and_true_at_some_moment_between_question_and_answer(account: Account) -> None:
    before = time.time()
    found = ask_balance(account)
    assert found is not None
    assert found.micro_credits == 10_000_000_000
    assert before <= found.asked_at <= found.at <= time.time()


def test_what_is_read_is_written_down(account: Account, ledger: Ledger) -> None:
    found = read_balances([account], ledger)
    assert kept(ledger) == found


class Busy(BaseHTTPRequestHandler):
    """An API under maintenance."""

    def do_GET(self) -> None:
        self.send_error(503)

    def log_message(self, *_: object) -> None:
        pass


def test_an_api_that_is_busy_tells_no_balance_and_nothing_is_written(ledger: Ledger) -> None:
    with HTTPServer(("127.0.0.1", 0), Busy) as server:
        threading.Thread(target=server.handle_request).start()
        assert read_balances([account_at(f"http://127.0.0.1:{server.server_port}", "a-good-key")], ledger) is None
    assert kept(ledger) == []


def test_what_keeps_the_balance_from_being_told_is_raised(company: Company) -> None:
    def no_key() -> str:
        raise SettingError("No API key.")

    with pytest.raises(AccountRefused):
        ask_balance(account_at(company.url, "revoked-key"))
    with pytest.raises(ApiUnreachable):
        ask_balance(account_at("http://127.0.0.1:9", "a-good-key"))
    with pytest.raises(SettingError):
        ask_balance(Account(name="ours", api_url=company.url, slots={}, key=no_key))


def test_where_it_would_only_be_good_to_know_nobody_waits_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(ApiUnreachable):
        ask_balance(account_at(f"http://127.0.0.1:{silent.getsockname()[1]}", "a-good-key"), within=0.1)


@pytest.mark.parametrize(
    ("last", "reads", "reason"),
    [
        (None, True, "there is none yet"),
        (NOW - READ_EVERY_SECONDS, True, "the last one is old"),
        (NOW - READ_EVERY_SECONDS + 1, False, "another process has just read it"),
    ],
)
def test_the_balance_is_read_when_the_last_reading_is_old(
    account: Account, ledger: Ledger, *, last: float | None, reads: bool, reason: str
) -> None:
    if last is not None:
        keep(ledger, last)
    before = len(kept(ledger))
    BalanceWatch(account, ledger, clock=lambda: NOW).look()
    wait_for_readers()
    assert len(kept(ledger)) - before == reads, reason


def test_it_is_read_again_once_the_last_reading_is_old(account: Account, ledger: Ledger) -> None:
    now = time.time()
    times = iter([now, now + 60, now + READ_EVERY_SECONDS - 60, now + READ_EVERY_SECONDS + 60])
    watch, found = BalanceWatch(account, ledger, clock=lambda: next(times)), []
    for _ in range(4):
        watch.look()
        wait_for_readers()
        found.append(len(kept(ledger)))
    assert found == [1, 1, 1, 2]


def test_a_balance_that_cannot_be_read_is_a_line_in_the_log(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[object] = []
    monkeypatch.setattr(log, "trouble", lambda where, error: said.append((where, type(error))))
    BalanceWatch(account_at("http://127.0.0.1:9", "a-good-key"), ledger, clock=lambda: NOW).look()
    wait_for_readers()
    assert said == [("balance", ApiUnreachable)]


def test_who_looks_does_not_wait_for_the_api(ledger: Ledger, monkeypatch: pytest.MonkeyPatch, account: Account) -> None:
    told = threading.Event()
    monkeypatch.setattr(balance, "read_balances", lambda *_: told.wait(20))
    BalanceWatch(account, ledger, clock=lambda: NOW).look()
    assert readers()
    told.set()
    wait_for_readers()


def wait_for_readers() -> None:
    for reader in readers():
        reader.join(timeout=20)


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "balance"]
