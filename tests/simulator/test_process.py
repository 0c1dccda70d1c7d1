"""The command."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from simulator.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator import Running


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--port", "x"], "expected a port from 0 to 65535, not 'x'"),
        (["--port", "65536"], "expected a port from 0 to 65535, not '65536'"),
        (["--speed", "0"], "expected a number above 0, not '0'"),
        (["--credits", "nan"], "expected a number above 0, not 'nan'"),
        (["--colour", "red"], "unrecognized arguments: --colour red"),
        (["--host", "nowhere.invalid"], "cannot listen on nowhere.invalid:0"),
        (["--faults", "/nowhere/faults.yaml"], "No such file"),
        (["--books", "/dev/null/books"], "/dev/null"),
        (["--regional", "--public-url", "http://x"], "excludes --public-url"),
    ],
)
def test_a_bad_option_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], options: list[str], complaint: str
) -> None:
    code = exit_code(options)
    said = capsys.readouterr()
    assert (code, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith("simulator: ")
    assert complaint in said.err


def exit_code(options: list[str]) -> object:
    """What the process would end with; the parser of options leaves by itself."""
    try:
        return main(options)
    except SystemExit as ended:
        return ended.code


def test_a_port_that_is_taken_is_one_line_and_exit_code_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "simulator", "--port", str(taken.getsockname()[1])]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "Address already in use" in ended.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_within_a_second_quietly_though_a_client_waits(
    start: Callable[..., Running], number: signal.Signals
) -> None:
    simulator = start()
    httpx.post(f"{simulator.url}/_sim/faults", json={"effect": "hang", "on": "submit"}, trust_env=False)
    waiting = threading.Thread(target=hang, args=[simulator.url])
    waiting.start()
    time.sleep(0.3)
    begun = time.monotonic()
    simulator.process.send_signal(number)
    assert simulator.process.wait(5) == 0
    assert time.monotonic() - begun < 1
    waiting.join()
    assert simulator.process.stderr is not None
    assert simulator.process.stderr.read() == ""


def hang(url: str) -> None:
    with pytest.raises(httpx.TransportError):
        httpx.post(f"{url}/v1/flux-dev", headers={"x-key": "patient-key"}, trust_env=False, timeout=30)


def test_the_first_line_is_said_when_connections_are_accepted(start: Callable[..., Running]) -> None:
    url = start().url
    assert httpx.get(f"{url}/_sim/stats", trust_env=False).status_code == 200


def test_it_leaves_with_the_parent_that_holds_its_standard_input() -> None:
    parent = (
        "import os, signal; from simulator import running\n"
        "with running() as child:\n"
        "    print(child.process.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True, check=False)
    pid, deadline = int(killed.stdout), time.monotonic() + 5
    while alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123 -- may vanish meanwhile
        return stat.read().rpartition(")")[2].split()[0] != "Z"


def test_it_speaks_to_the_sixth_version_of_the_internet_too(start: Callable[..., Running]) -> None:
    try:
        simulator = start(host="::1")
    except Exception as error:  # noqa: BLE001 -- any reason to have no IPv6
        pytest.skip(f"no IPv6 here: {error}")
    assert simulator.url.startswith("http://[::1]:")
    assert httpx.get(f"{simulator.url}/_sim/stats", trust_env=False).status_code == 200
