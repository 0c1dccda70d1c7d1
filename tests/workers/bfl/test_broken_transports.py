"""Connections that break in every way: what was never sent costs nothing, and the key goes to nobody else."""

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
    behave: Behaviour, odd_server: Callable[[Behaviour], OddServer], client_of: Callable[[str], Client]
) -> None:
    server = odd_server(behave)
    client = client_of(server.url)
    assert isinstance(client.poll(f"{server.url}/v1/get_result?id=1"), Trouble)
    assert isinstance(client.download(f"{server.url}/sample.png"), Trouble)


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
    download = threading.Thread(target=client.download, args=(f"{server.url}/sample.png",))
    download.start()
    while not server.heard:
        time.sleep(0.01)
    assert isinstance(client.submit(*SUBMISSION), Busy)
    download.join()
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
    monkeypatch.setattr("workers.bfl.client.IDLE_SECONDS", 0.05)
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


def foreign(server: OddServer) -> str:
    """The server under a name that is not this machine's."""
    return server.url.replace("127.0.0.1", "stranger.invalid")


def test_this_machine_is_trusted_by_any_of_its_names(
    odd_server: Callable[[Behaviour], OddServer], client_of: Callable[[str], Client]
) -> None:
    server = odd_server(closes)
    client_of(server.url).poll(server.url.replace("127.0.0.1", "localhost"))
    assert len(server.heard) == 1


@pytest.mark.parametrize("host", ["127.evil.invalid", "localhost.evil.invalid"])
def test_a_name_that_only_looks_like_this_machine_is_foreign(host: str, client_of: Callable[[str], Client]) -> None:
    assert isinstance(client_of("http://127.0.0.1:9").poll(f"http://{host}/"), Foreign)


def test_the_key_is_sent_to_the_host_we_were_told_to_use(
    odd_server: Callable[[Behaviour], OddServer], client_of: Callable[[str], Client], key: str
) -> None:
    server = odd_server(closes)
    client_of(server.url).poll(f"{server.url}/v1/get_result?id=1")
    assert f"x-key: {key}".encode() in b"".join(server.heard)


def test_a_ticket_of_a_foreign_host_is_not_followed(
    odd_server: Callable[[Behaviour], OddServer], client_of: Callable[[str], Client]
) -> None:
    stranger = odd_server(closes)
    answer = client_of("http://127.0.0.1:9").poll(foreign(stranger))
    assert answer == Foreign(f"the ticket points to a host that is not BFL's: {foreign(stranger)}")
    assert stranger.heard == []


def test_a_redirect_to_a_foreign_host_is_not_followed(
    odd_server: Callable[[Behaviour], OddServer], client_of: Callable[[str], Client]
) -> None:
    stranger = odd_server(closes)
    place = foreign(stranger)
    server = odd_server(says(f"HTTP/1.1 307 Go\r\nlocation: {place}\r\ncontent-length: 0\r\n\r\n"))
    assert isinstance(client_of(server.url).poll(server.url), Foreign)
    assert stranger.heard == []


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


def test_the_key_is_not_sent_with_a_download(
    odd_server: Callable[[Behaviour], OddServer], client_of: Callable[[str], Client], key: str
) -> None:
    server = odd_server(says("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx"))
    client_of(server.url).download(f"{server.url}/sample.png")
    assert b"GET /sample.png" in server.heard[0]
    assert key.encode() not in server.heard[0]


def test_a_result_on_a_foreign_host_is_not_fetched(
    odd_server: Callable[[Behaviour], OddServer], client_of: Callable[[str], Client]
) -> None:
    stranger = odd_server(closes)
    answer = client_of("http://127.0.0.1:9").download(f"{foreign(stranger)}?sig=secret")
    assert answer == Foreign(f"the result lies on a host that is not BFL's: {foreign(stranger)}")
    assert stranger.heard == []


@pytest.mark.parametrize(
    ("url", "is_bfls", "reason"),
    [
        ("https://api.us2.bfl.ai/v1/get_result?id=1", True, "tasks live on regional hosts"),
        ("https://delivery.ice.bfl.ai/a.png", True, "results on delivery hosts"),
        ("https://API.BFL.AI/", True, "host names have no case"),
        ("http://api.us2.bfl.ai/", False, "a key is never sent in the clear"),
        ("https://api.bfl.ai.example/", False, "BFL's name is in front only"),
        ("https://notbfl.ai/", False, "BFL's name is an end of another"),
        ("https://api.bfl.ai@example.com/", False, "BFL's name is a user's name"),
        ("https://example.com/https://api.bfl.ai/", False, "BFL's name is a path"),
        ("https://example.com\\@api.us2.bfl.ai/", True, "read as it will be when connecting"),
        ("https://[::1", False, "no address at all"),
        ("https://api.us2.bfl.ai:x/", False, "no port"),
        ("https://api.us2.bfl.ai/\n", False, "a line break"),
        ("", False, "nothing"),
    ],
)
def test_which_hosts_may_see_the_key(
    url: str,
    is_bfls: bool,  # noqa: FBT001  # a column of the table
    reason: str,
    client_of: Callable[[str], Client],
) -> None:
    assert client_of("https://api.bfl.ai")._trusted(url) is is_bfls, reason
