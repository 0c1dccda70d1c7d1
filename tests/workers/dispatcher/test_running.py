"""The dispatcher's thread goes on through everything that passes by itself."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from batches.store.ledger import LedgerError, looks
from workers import dispatcher as dispatcher_module
from workers.app import make_app, ring
from workers.broker import connect
from workers.dispatcher import SWEEP_SECONDS, Dispatcher
from workers.embedded.broker import server_binary
from workers.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.workers.dispatcher.conftest import Feeding

    Eventually = Callable[[Callable[[], object]], bool]

QUEUE = "fluxbatch:fluxbatch.ours"


class Broken:
    """A bell that fails, and knows who rang it."""

    def __init__(self, error: Exception) -> None:
        self.rung: list[int] = []
        self._error = error

    def __call__(self, job_id: int) -> None:
        self.rung.append(job_id)
        raise self._error


@pytest.fixture
def running(fed: Feeding) -> Iterator[Dispatcher]:
    dispatcher = fed.dispatcher()
    dispatcher.start()
    yield dispatcher
    dispatcher.stop()


@pytest.mark.usefixtures("running")
def test_a_running_dispatcher_feeds_by_itself(fed: Feeding, submit: Callable[..., str], eventually: Eventually) -> None:
    submit("fox")
    assert eventually(lambda: fed.rung == [1])


@pytest.mark.usefixtures("running")
def test_a_running_dispatcher_outlives_the_absence_of_its_broker(
    fed: Feeding, submit: Callable[..., str], monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    monkeypatch.setattr(dispatcher_module, "SWEEP_SECONDS", 0.01)
    fed.bell = broken = Broken(BrokerError("The broker is away."))
    submit("fox")
    assert eventually(lambda: broken.rung == [1])
    fed.bell = fed.rung.append
    fed.ahead += looks.RING_AGAIN_SECONDS + 1
    assert eventually(lambda: fed.rung == [1])
    assert fed.fatal == []


@pytest.mark.usefixtures("running")
def test_a_running_dispatcher_outlives_a_mistake_of_ours(
    fed: Feeding, submit: Callable[..., str], eventually: Eventually
) -> None:
    fed.bell = broken = Broken(KeyError())
    submit("fox")
    assert eventually(lambda: broken.rung == [1])
    fed.bell = fed.rung.append
    submit("hare")
    assert eventually(lambda: fed.rung == [2])


def test_a_running_dispatcher_gives_up_with_a_clear_word_when_the_ledger_is_gone(
    fed: Feeding, running: Dispatcher, eventually: Eventually
) -> None:
    with fed.ledger.write() as tx:
        tx.exec_driver_sql("ALTER TABLE stops RENAME TO elsewhere")
    running.wake()
    assert eventually(lambda: fed.fatal)
    assert isinstance(fed.fatal[0], LedgerError)


def test_a_dispatcher_that_never_ran_can_be_stopped(fed: Feeding) -> None:
    fed.dispatcher().stop()


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Starts a broker that a test may kill, or starts it again; answers with its URL."""
    servers: list[subprocess.Popen[bytes]] = []

    def start() -> str:
        for server in servers:
            server.kill()
            server.wait()
        command = [server_binary(), "--port", "0", "--unixsocket", "broker.sock", "--save", ""]
        servers.append(subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL))
        return f"unix://{tmp_path}/broker.sock"

    yield start
    for server in servers:
        server.kill()
        server.wait()


def test_what_a_broker_forgot_in_a_restart_is_rung_for_again(
    fed: Feeding, submit: Callable[..., str], own_broker: Callable[[], str], eventually: Eventually
) -> None:
    url = own_broker()
    assert eventually(lambda: answers(url))
    submit("fox")
    with connect(url) as redis, make_app(url, "ours") as app:
        fed.redis = redis
        fed.bell = lambda job_id: ring(app, job_id, "posters")
        dispatcher = fed.dispatcher()
        dispatcher.tick()
        assert redis.llen(QUEUE) == 1
        own_broker()
        assert eventually(lambda: answers(url))
        redis.connection_pool.disconnect()
        assert redis.llen(QUEUE) == 0
        fed.ahead += looks.RING_AGAIN_SECONDS + SWEEP_SECONDS
        assert dispatcher.tick() == [1]
        assert redis.llen(QUEUE) == 1


def answers(url: str) -> bool:
    try:
        connect(url).close()
    except BrokerError:
        return False
    return True
