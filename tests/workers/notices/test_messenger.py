"""A notice is sent until it is taken, to a webhook or a command, and its address is told to nobody else."""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from batches.errors import SettingError
from batches.store.ledger import notices
from batches.store.ledger.notices import Event, Notice
from batches.store.ledger.side_tables import notices as table
from workers.notices import Hook, Messenger, hook_of
from workers.notices.messenger import LONGEST_WAIT_SECONDS, MOST_TRIES, again_at
from workers.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.store.ledger import Ledger
    from tests.workers.notices.conftest import Receiver

NOTICE = Notice(
    key="threshold:studio:0:100:50",
    event=Event.THRESHOLD,
    batch_id=None,
    text="the budget studio has reached 50 %",
    figures={"percent": 50},
    at=1_795_219_200.0,
)
SECRET = "very-secret"  # of this test


def hook(**where: Any) -> Hook:
    return Hook(on=frozenset(Event), failures_percent=20, **where)


class Office:
    """A messenger by a clock that the test moves."""

    def __init__(self, ledger: Ledger, hook: Hook) -> None:
        self.now = time.time()
        self._ledger = ledger
        self.messenger = Messenger(ledger, hook, clock=lambda: self.now)
        with ledger.write() as tx:
            notices.tell(tx, NOTICE, due_at=self.now)

    def sends(self, after: float = 0) -> Any:
        """How the notice stands when what is due then was sent."""
        self.now += after
        self.messenger.send_due()
        with self._ledger.read() as tx:
            return tx.execute(select(table)).one()


def test_a_webhook_gets_one_document(ledger: Ledger, receiver: Receiver) -> None:
    sent = Office(ledger, hook(url=receiver.url)).sends()
    [(headers, body)] = receiver.heard
    assert json.loads(body) == {
        "id": "threshold:studio:0:100:50",
        "event": "threshold",
        "batch": None,
        "text": "the budget studio has reached 50 %",
        "figures": {"percent": 50},
        "time": "2026-11-21T00:00:00+00:00",
        "fluxbatch": "0.1.0",
    }
    assert (headers["Content-Type"], headers["Idempotency-Key"]) == ("application/json", NOTICE.key)
    assert "X-Fluxbatch-Signature" not in headers
    assert (sent.sent_at is None, sent.due_at, sent.tries) == (False, None, 1)


def test_a_secret_signs_the_time_and_the_body(ledger: Ledger, receiver: Receiver) -> None:
    office = Office(ledger, hook(url=receiver.url, secret=SECRET))
    office.sends()
    [(headers, body)] = receiver.heard
    moment, signature = (part.partition("=")[2] for part in headers["X-Fluxbatch-Signature"].split(","))
    assert int(moment) == int(office.now)
    assert signature == hmac.new(SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def test_what_was_not_taken_is_sent_again_later_with_the_same_id(ledger: Ledger, receiver: Receiver) -> None:
    receiver.answers = [500, 429]
    office = Office(ledger, hook(url=receiver.url))
    assert office.sends().sent_at is None
    assert office.sends(after=14).tries == 1, "not yet"
    assert office.sends(after=1).tries == 2
    assert office.sends(after=30).sent_at is not None
    assert [headers["Idempotency-Key"] for headers, _ in receiver.heard] == 3 * [NOTICE.key]


def test_a_redirect_is_not_followed(ledger: Ledger, receiver: Receiver) -> None:
    receiver.answers = [307]
    assert Office(ledger, hook(url=receiver.url)).sends().sent_at is None
    assert len(receiver.heard) == 1


def test_two_messengers_send_it_once(ledger: Ledger, receiver: Receiver) -> None:
    office = Office(ledger, hook(url=receiver.url))
    with ledger.read() as tx:
        [one] = notices.due(tx, office.now)
    with ledger.write() as tx:
        assert notices.take(tx, one, office.now + 60)
        assert not notices.take(tx, one, office.now + 60)
    office.sends()
    assert receiver.heard == []


def test_a_day_of_vain_tries_is_enough() -> None:
    waits, now = [], 0.0
    for tries in range(MOST_TRIES):
        then = again_at(now, tries)
        waits.append(None if then is None else then - now)
    assert waits[:4] == [15, 30, 60, 120]
    assert (waits[-2:], sum(wait or 0 for wait in waits) < 86_400) == ([LONGEST_WAIT_SECONDS, None], True)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (None, ""),
        ("import sys; sys.exit(3)", "the command ended with code 3"),
    ],
    ids=["takes it", "does not"],
)
def test_a_command_gets_the_document_on_its_standing_input(
    code: str | None, said: str, ledger: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = code or f"import sys; open({str(tmp_path / 'told')!r}, 'w').write(sys.stdin.read())"
    sent = Office(ledger, hook(command=[sys.executable, "-c", code, "; touch shell"])).sends()
    assert said in capsys.readouterr().out
    if not said:
        assert json.loads((tmp_path / "told").read_text())["id"] == NOTICE.key
        assert sent.sent_at is not None
    assert not Path("shell").exists()


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"url": "http://127.0.0.1:9/hooks/a-secret-path"}, "127.0.0.1 does not answer: ConnectError"),
        ({"command": ["/no/such/a-secret-path"]}, "the command cannot be started: No such file or directory"),
    ],
    ids=["url", "command"],
)
def test_an_address_that_may_hold_a_key_is_in_no_log(
    where: dict[str, Any], said: str, ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    made = hook(**where)
    Office(ledger, made).sends()
    told = capsys.readouterr().out
    assert said in told
    assert "a-secret-path" not in told + repr(made)


def test_the_thread_sends_and_a_worker_that_leaves_sends_the_last(
    ledger: Ledger, receiver: Receiver, eventually: Callable[..., bool]
) -> None:
    messenger = Messenger(ledger, hook(url=receiver.url))
    messenger.start()
    with ledger.write() as tx:
        notices.tell(tx, NOTICE, due_at=time.time())
    assert eventually(lambda: receiver.heard)
    with ledger.write() as tx:
        notices.tell(
            tx, Notice(**{name: getattr(NOTICE, name) for name in NOTICE.__slots__} | {"key": "last"}), due_at=0
        )
    messenger.stop()
    assert [headers["Idempotency-Key"] for headers, _ in receiver.heard] == [NOTICE.key, "last"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "`notify` cannot be used: say who is told"),
        ('url = "http://example.com/a-secret-path"', "`notify.url` cannot be used: it begins with http://"),
        ('url = "example.com/a-secret-path"', "`notify.url` cannot be used: give the address to post to"),
        ('command = "notify-send a-secret-path"', "`notify.command` cannot be used: it must be a list"),
        (
            'command = ["true"]\non = ["finnish"]',
            "`notify.on` cannot be used: name some of threshold, finish, pause, f",
        ),
        ('command = ["true"]\nfailures_percent = 0', "`notify.failures_percent` cannot be used: Input should be gr"),
        ('command = ["true"]\nsecret_env = "HOOK"', "`notify` cannot be used: `secret_env` signs what is posted"),
        ('url = "https://example.com"\nsecret_env = "a-secret-path"', "give the name of an environment variable"),
        ('url = "https://example.com"\nsecret_env = "NOT_SET"', "`notify.secret_env` names NOT_SET, which is not set"),
        ('ulr = "https://example.com"', 'unknown key `notify.ulr`; did you mean "url"?'),
    ],
)
def test_what_cannot_be_used_is_said_without_showing_it(
    written: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("fluxbatch.toml").write_text(f"[notify]\n{written}\n")
    with pytest.raises(SettingError) as caught:
        hook_of(Settings(config=None))
    assert said in caught.value.message
    assert "a-secret-path" not in str(caught.value)


def test_what_is_written_down_is_what_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOOK", SECRET)
    assert hook_of(Settings(config=None)) is None
    Path("fluxbatch.toml").write_text(
        '[notify]\nurl = "http://localhost:9/x"\ncommand = ["true"]\nsecret_env = "HOOK"\non = ["pause"]\n'
    )
    assert hook_of(Settings(config=None)) == Hook(
        url="http://localhost:9/x", command=["true"], secret=SECRET, on=frozenset({Event.PAUSE}), failures_percent=20
    )
