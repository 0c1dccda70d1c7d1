"""Connections that break in every way: what was never sent costs nothing."""

from __future__ import annotations

import socket
import struct
import threading
import time
from typing import TYPE_CHECKING

import pytest

from workers.bfl.answers import AnswerLost, Busy, Foreign, Trouble
from workers.errors import ApiUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.store.images import Draft
    from tests.workers.bfl.conftest import Behaviour, OddServer
    from workers.bfl import Client

SUBMISSION = ("/v1/flux-dev", {"prompt": "a fox"})


def closes(_: socket.socket) -> None:
    """Hang up without a word."""


def resets(connection: socket.socket) -> None:
    """Break the connection off, so that what was sent may never have been read."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def keeps_silent(connection: socket.socket) -> None:
    """Wait until the other side gives up."""
    connection.recv(1)


def says(text: str) -> Behaviour:
    """Answer with this text and hang up."""
    return lambda connection: connection.sendall(text.encode("latin-1"))


HALF = says("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
HALF_A_HEAD = says("HTTP/1.1 200 OK\r\ncontent-le")
NO_HTTP = says("SSH-2.0-OpenSSH_9.6\r\n")
NO_GZIP = says("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}")
NO_PLACE = says("HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n")
DEAD_PLACE = says("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n")
ODD_PLACE = says("HTTP/1.1 302 Found\r\nlocation: http://[oops\r\ncontent-length: 0\r\n\r\n")

BROKEN = pytest.mark.parametrize(
    "behave", [closes, resets, keeps_silent, HALF, HALF_A_HEAD, NO_HTTP, NO_GZIP],
    ids=["closes", "resets", "keeps silent", "half a body", "half a head", "no HTTP", "no gzip"],
)  # fmt: skip


@BROKEN
def test_a_submission_without_an_answer_is_lost_since_it_was_sent(
    behave: Behaviour, odd_server: Callable[[Behaviour], OddServer], client_of: Callable[[str], Client]
) -> None:
    server = odd_server(behave)
    assert isinstance(client_of(server.url).submit(*SUBMISSION), AnswerLost)
    assert b"a fox" in b"".join(server.heard), "it was sent"
    assert len(server.heard) == 1, "and not sent again"


@BROKEN
def test_a_poll_or_download_without_an_answer_is_trouble(
    behave: Behaviour, odd_server: Callable[[Behaviour], OddServer], client_of: Callable[[str], Client], draft: Draft
) -> None:
    server = odd_server(behave)
    client = client_of(server.url)
    assert isinstance(client.poll(f"{server.url}/v1/get_result?id=1"), Trouble)
    assert isinstance(client.download(f"{server.url}/sample.png", draft), Trouble)


@BROKEN
def test_credits_without_an_answer_are_unreachable(
    behave: Behaviour, odd_server: Callable[[Behaviour], OddServer], client_of: Callable[[str], Client]
) -> None:
    with pytest.raises(ApiUnreachable):
        client_of(odd_server(behave).url).credits()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:9", "nobody listens there"),
        ("http://nowhere.invalid", "there is no such host"),
    ],
)
def test_a_submission_that_found_no_connection_is_busy_since_nothing_was_sent(
    url: str, reason: str, client_of: Callable[[str], Client]
) -> None:
    assert isinstance(client_of(url).submit(*SUBMISSION), Busy), reason


def trickles(connection: socket.socket) -> None:
    """Send a body drop by drop, so that the connection stays busy."""
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n")
    for _ in range(10):
        connection.sendall(b"x")
        time.sleep(0.1)


def test_a_submission_that_found_no_free_connection_is_busy_since_nothing_was_sent(
    odd_server: Callable[[Behaviour], OddServer], client_of: Callable[..., Client]
) -> None:
    server = odd_server(trickles)
    client = client_of(server.url, connections=1)
    poll = threading.Thread(target=client.poll, args=(server.url,))
    poll.start()
    while not server.heard:
        time.sleep(0.01)
    assert isinstance(client.submit(*SUBMISSION), Busy)
    poll.join()
    assert len(server.heard) == 1


def stays_connected(connection: socket.socket) -> None:
    """Answer, and wait for another request until the other side closes the connection."""
    connection.sendall(b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n")
    connection.recv(1)


def test_a_submission_does_not_take_a_connection_that_was_idle_for_long(
    odd_server: Callable[[Behaviour], OddServer],
    client_of: Callable[[str], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workers.bfl.line.IDLE_SECONDS", 0.05)
    server = odd_server(stays_connected)
    client = client_of(server.url)
    for _ in range(2):
        assert isinstance(client.submit(*SUBMISSION), Busy)
        time.sleep(0.1)
    assert len(server.heard) == 2, "each came on a connection of its own"


def test_a_submission_is_never_redirected(
    odd_server: Callable[[Behaviour], OddServer], client_of: Callable[[str], Client]
) -> None:
    elsewhere = odd_server(closes)
    server = odd_server(says(f"HTTP/1.1 307 Go\r\nlocation: {elsewhere.url}\r\ncontent-length: 0\r\n\r\n"))
    assert isinstance(client_of(server.url).submit(*SUBMISSION), Busy)
    assert elsewhere.heard == []


@pytest.mark.parametrize("behave", [NO_PLACE, ODD_PLACE, DEAD_PLACE], ids=["no place", "an odd place", "a dead place"])
def test_a_redirect_to_nowhere_is_trouble(
    behave: Behaviour, odd_server: Callable[[Behaviour], OddServer], client_of: Callable[[str], Client]
) -> None:
    server = odd_server(behave)
    assert isinstance(client_of(server.url).poll(server.url), Trouble | Foreign)


def test_a_redirect_is_followed_once_and_no_further(
    odd_server: Callable[[Behaviour], OddServer], client_of: Callable[[str], Client]
) -> None:
    again = "HTTP/1.1 307 Go\r\nlocation: /again\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    server = odd_server(says(again))
    assert isinstance(client_of(server.url).poll(server.url), Trouble)
    assert len(server.heard) == 2
