"""A result is fetched whole, within bounds, or the answer says why not."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.workers.bfl.test_broken_transports import keeps_silent, says, trickles
from tests.workers.bfl.test_client import link
from workers.bfl import downloads
from workers.bfl.answers import Downloaded, LinkDead, Trouble, Unusable
from workers.bfl.downloads import SHORTEST_LIFE, expiry_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.store.images import Draft
    from tests.workers.bfl.conftest import Behaviour, OddServer
    from tests.workers.conftest import Company
    from workers.bfl import Client

NOON = datetime(2026, 10, 9, 12, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("fault", "answer", "reason"),
    [
        ({"effect": "expired"}, LinkDead, "a further poll gives a fresh link"),
        ({"effect": "status", "status": 404}, LinkDead, "gone, in other words"),
        ({"effect": "status", "status": 503}, Trouble, "the link may still be good"),
        ({"effect": "cut"}, Trouble, "no answer"),
        ({"effect": "cut_midway"}, Trouble, "half a picture is noticed by its length"),
        ({"effect": "hang"}, Trouble, "silence"),
        ({"effect": "truncated"}, Downloaded, "half a picture that looks whole: decoding will tell"),
    ],
)
def test_a_download_that_goes_wrong(
    *, client: Client, company: Company, draft: Draft, fault: dict[str, object], answer: type, reason: str
) -> None:
    url = link(client)
    company.spoil("download", **fault)
    assert type(client.download(url, draft)) is answer, reason


def test_a_result_beyond_all_measure_is_not_swallowed(
    client: Client, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.bfl.downloads.MAX_BYTES", 1000)
    assert client.download(link(client), draft) == Unusable("the result is larger than 1,000 bytes")


def picture(kind: str, body: str = "x") -> Behaviour:
    return says(f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n{body}")


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("image/png", Downloaded()),
        ("Image/JPEG; charset=binary", Downloaded()),
        ("application/octet-stream", Downloaded()),
        ("", Downloaded()),
        ("text/html; charset=utf-8", Unusable("the result is declared as text/html, which is no picture")),
        ("application/json", Unusable("the result is declared as application/json, which is no picture")),
    ],
)
def test_what_is_declared_as_something_else_is_no_picture(
    kind: str,
    answer: object,
    odd_server: Callable[[Behaviour], OddServer],
    client_of: Callable[[str], Client],
    draft: Draft,
) -> None:
    server = odd_server(picture(kind))
    assert client_of(server.url).download(server.url, draft) == answer
    assert draft.size == (answer == Downloaded())


def test_a_download_that_trickles_for_ever_gives_its_place_away(
    odd_server: Callable[[Behaviour], OddServer],
    client_of: Callable[[str], Client],
    draft: Draft,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(downloads, "LONGEST_SECONDS", 0.25)
    server = odd_server(trickles)
    assert isinstance(client_of(server.url).download(server.url, draft), Trouble)
    assert 0 < draft.size < 10


def test_downloads_leave_the_connections_of_polls_and_submissions_alone(
    odd_server: Callable[[Behaviour], OddServer], client_of: Callable[..., Client], draft: Draft
) -> None:
    silent, server = odd_server(keeps_silent), odd_server(picture("text/plain"))
    client = client_of(silent.url, connections=1)
    download = threading.Thread(target=client.download, args=(silent.url, draft))
    download.start()
    while not silent.heard:
        time.sleep(0.001)
    assert client.poll(server.url) == Trouble("200: x")
    download.join()


@pytest.mark.parametrize(
    ("query", "expiry", "reason"),
    [
        ("se=2026-10-09T12:10:00Z&sig=x", NOON + 600, "as BFL signs"),
        ("se=2026-10-09T12%3A10%3A00Z", NOON + 600, "the same, spelt out"),
        ("se=2026-10-09", NOON - 12 * 3600, "a day, as Azure allows"),
        ("se=soon", NOON + SHORTEST_LIFE, "no date"),
        ("", NOON + SHORTEST_LIFE, "none"),
    ],
)
def test_a_link_says_when_it_dies(query: str, expiry: float, reason: str) -> None:
    assert expiry_of(f"https://delivery.ice.bfl.ai/a.png?{query}", NOON) == expiry, reason


def test_results_whose_links_die_soon_are_at_risk_until_they_are_fetched(
    odd_server: Callable[[Behaviour], OddServer], client_of: Callable[[str], Client], draft: Draft
) -> None:
    server = odd_server(keeps_silent)
    client = client_of(server.url)
    soon = datetime.fromtimestamp(time.time() + 60, UTC).isoformat(timespec="seconds")
    threads = [
        threading.Thread(target=client.download, args=(f"{server.url}?{query}", draft))
        for query in (f"se={soon.replace('+00:00', 'Z')}", "")
    ]
    for thread in threads:
        thread.start()
    while not server.heard:
        time.sleep(0.001)
    assert client.at_risk() == 1
    for thread in threads:
        thread.join()
    assert client.at_risk() == 0
