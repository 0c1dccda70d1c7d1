"""The key goes to the account's own hosts and to nobody else, and no answer leads us into our own network."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from tests.workers.bfl.test_broken_transports import closes, says
from workers.bfl.answers import Busy, Downloaded, Foreign
from workers.bfl.hosts import Hosts

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.store.images import Draft
    from tests.workers.bfl.conftest import Behaviour, OddServer
    from workers.bfl import Client

BFL = Hosts("https://api.bfl.ai")
GATEWAY = Hosts("https://flux.example.com", ["*.flux.example.com", "studio.example"])
HERE = Hosts("http://127.0.0.1:8765")
A_PICTURE = says("HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 1\r\n\r\nx")


def sends_on(place: str) -> Behaviour:
    return says(f"HTTP/1.1 307 Go\r\nlocation: {place}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")


@pytest.mark.parametrize(
    ("hosts", "url", "may", "reason"),
    [
        (BFL, "https://api.us2.bfl.ai/v1/get_result?id=1", True, "tasks live on regional hosts"),
        (BFL, "https://API.BFL.AI/", True, "host names have no case"),
        (BFL, "http://api.us2.bfl.ai/", False, "a key is never sent in the clear"),
        (BFL, "https://api.bfl.ai.example/", False, "BFL's name is in front only"),
        (BFL, "https://notbfl.ai/", False, "BFL's name is an end of another"),
        (BFL, "https://api.bfl.ai@example.com/", False, "BFL's name is a user's name"),
        (BFL, "https://example.com/https://api.bfl.ai/", False, "BFL's name is a path"),
        (BFL, "https://example.com\\@api.us2.bfl.ai/", True, "read as it will be when connecting"),
        (BFL, "https://[::1", False, "no address at all"),
        (BFL, "https://api.us2.bfl.ai:x/", False, "no port"),
        (BFL, "https://api.us2.bfl.ai/\n", False, "a line break"),
        (BFL, "", False, "nothing"),
        (GATEWAY, "https://flux.example.com/v1/get_result", True, "the API itself"),
        (GATEWAY, "https://eu.flux.example.com/", True, "a pattern of the account"),
        (GATEWAY, "https://studio.example/", True, "a name of the account"),
        (GATEWAY, "http://studio.example/", False, "in the clear"),
        (GATEWAY, "https://a.studio.example/", False, "a name is no pattern"),
        (GATEWAY, "https://api.bfl.ai/", False, "a gateway's key is none of BFL's business"),
        (HERE, "http://localhost:8765/", True, "this machine by its name"),
        (HERE, "http://127.0.0.2:8765/", True, "and by another address"),
        (HERE, "http://[::1]:8765/", True, "and by IPv6"),
        (HERE, "http://[::ffff:127.0.0.1]:8765/", True, "and by both at once"),
        (HERE, "http://127.evil.example/", False, "a name that begins like an address"),
        (HERE, "http://localhost.evil.example/", False, "a name that begins like ours"),
        (HERE, "http://2130706433/", False, "an address spelt as a number is a name nobody gave us"),
        (HERE, "http://0x7f000001/", False, "or as a hexadecimal one"),
        (HERE, "http://127.1/", False, "or shortened"),
        (HERE, "http://0.0.0.0/", False, "or everybody's"),
        (HERE, "https://api.bfl.ai/", False, "a simulator's key is none of BFL's business"),
    ],
)
def test_which_hosts_may_see_the_key(*, hosts: Hosts, url: str, may: bool, reason: str) -> None:
    assert hosts.may_see_key(url) is may, reason


@pytest.mark.parametrize(
    ("hosts", "url", "may", "reason"),
    [
        (BFL, "https://delivery.ice.bfl.ai/results/a.png?sig=x", True, "as results are delivered now"),
        (BFL, "https://delivery-eu1.bfl.ai/a.png", True, "as they were in 2025"),
        (BFL, "http://delivery.ice.bfl.ai/a.png", False, "in the clear, anybody could change it"),
        (BFL, "https://bucket.example/a.png", False, "nobody's host"),
        (BFL, "file:///etc/passwd", False, "no host"),
        (BFL, "http://169.254.169.254/latest/meta-data/", False, "a cloud's secrets"),
        (GATEWAY, "https://delivery.ice.bfl.ai/a.png", True, "a gateway hands BFL's links on; no key goes there"),
        (HERE, "http://127.0.0.1:8765/results/a.png", True, "the simulator delivers by itself"),
        (HERE, "http://10.0.0.1/a.png", False, "a neighbour is not this machine"),
    ],
)
def test_which_hosts_may_deliver(*, hosts: Hosts, url: str, may: bool, reason: str) -> None:
    assert hosts.may_deliver(url) is may, reason


def test_the_key_is_sent_to_the_host_we_were_told_to_use(
    odd_server: Callable[[Behaviour], OddServer], client_of: Callable[[str], Client], key: str
) -> None:
    server = odd_server(closes)
    client_of(server.url).poll(f"{server.url}/v1/get_result?id=1")
    assert f"x-key: {key}".encode() in b"".join(server.heard)


def test_this_machine_is_trusted_by_any_of_its_names(
    odd_server: Callable[[Behaviour], OddServer], client_of: Callable[[str], Client]
) -> None:
    server = odd_server(closes)
    client_of(server.url).poll(server.url.replace("127.0.0.1", "localhost"))
    assert len(server.heard) == 1


def test_the_key_is_not_sent_with_a_download_nor_where_it_is_sent_on_to(
    odd_server: Callable[[Behaviour], OddServer], client_of: Callable[[str], Client], key: str, draft: Draft
) -> None:
    storage = odd_server(A_PICTURE)
    server = odd_server(sends_on(f"{storage.url}/sample.png"))
    assert client_of(server.url).download(f"{server.url}/sample.png", draft) == Downloaded()
    for heard in (server.heard[0], storage.heard[0]):
        assert b"GET /sample.png" in heard
        assert key.encode() not in heard


def foreign(server: OddServer) -> str:
    """The server under a name that is not this machine's."""
    return server.url.replace("127.0.0.1", "stranger.invalid")


def test_a_ticket_of_a_foreign_host_is_not_followed(
    odd_server: Callable[[Behaviour], OddServer], client_of: Callable[[str], Client]
) -> None:
    stranger = odd_server(closes)
    answer = client_of("http://127.0.0.1:9").poll(foreign(stranger))
    assert answer == Foreign(f"the ticket points to a host that is not BFL's: {foreign(stranger)}")
    assert stranger.heard == []


def test_a_result_on_a_foreign_host_is_not_fetched_and_its_signature_is_not_told(
    odd_server: Callable[[Behaviour], OddServer], client_of: Callable[[str], Client], draft: Draft
) -> None:
    stranger = odd_server(closes)
    answer = client_of("http://127.0.0.1:9").download(f"{foreign(stranger)}?sig=secret", draft)
    assert answer == Foreign(f"the result lies on a host that is not BFL's: {foreign(stranger)}")
    assert stranger.heard == []


def test_nothing_is_sent_on_to_a_foreign_host(
    odd_server: Callable[[Behaviour], OddServer], client_of: Callable[[str], Client], draft: Draft
) -> None:
    stranger = odd_server(closes)
    server = odd_server(sends_on(foreign(stranger)))
    client = client_of(server.url)
    assert isinstance(client.poll(server.url), Foreign)
    assert isinstance(client.download(server.url, draft), Foreign)
    assert isinstance(client.submit("/v1/flux-dev", {"prompt": "a fox"}), Busy), "submissions are sent on to nobody"
    assert stranger.heard == []


def https(server: OddServer) -> str:
    """The server as somebody out in the world would name it to us."""
    return server.url.replace("http://127.0.0.1", "https://localhost")


def test_a_name_of_the_world_that_leads_into_our_network_is_sent_nothing(
    odd_server: Callable[[Behaviour], OddServer], client_of: Callable[..., Client], draft: Draft
) -> None:
    inside = odd_server(closes)
    client = client_of("https://api.bfl.ai", allowed_hosts=("local*",))
    reason = f"{https(inside)}: its address is 127.0.0.1, which is not a public one"
    assert client.poll(https(inside)) == Foreign(f"the ticket points to {reason}")
    assert client.download(https(inside), draft) == Foreign(f"the result is not fetched from {reason}")
    assert b"".join(inside.heard) == b"", "not even a greeting"


def test_a_redirect_into_our_network_is_sent_nothing(
    odd_server: Callable[[Behaviour], OddServer], client_of: Callable[..., Client], draft: Draft
) -> None:
    inside = odd_server(closes)
    server = odd_server(sends_on(https(inside)))
    client = client_of(server.url, allowed_hosts=("local*",))
    assert isinstance(client.poll(server.url), Foreign)
    assert isinstance(client.download(server.url, draft), Foreign)
    assert b"".join(inside.heard) == b""


def test_a_host_that_a_person_named_in_full_may_be_in_our_network(client_of: Callable[..., Client]) -> None:
    heard: list[bytes] = []

    def greeted(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            heard.append(connection.recv(2))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        inside = threading.Thread(target=greeted, args=(listening,))
        inside.start()
        url = f"https://localhost:{listening.getsockname()[1]}"
        client_of("https://api.bfl.ai", allowed_hosts=("localhost",)).poll(url)
        inside.join()
    assert heard == [b"\x16\x03"], "TLS begins"
