"""Webhooks are taken from whoever knows the secret, and are no more than a hint to ask now."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from console.web.access import Access
from console.web.app import make_app
from console.web.rings import MOST, SECONDS, Rings
from simulator.webhooks import signature
from tests.console.web.conftest import NAMES, TOKEN
from workers.bells import CHANNEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from redis import Redis
    from redis.client import PubSub

    from console.web.site import Site

SECRET = "a-secret-of-some-length"
READY = json.dumps({"id": "t-1", "status": "Ready", "result": {"sample": "https://evil.example/x.png"}}).encode()
KNOWS = {"X-Webhook-Secret": SECRET}


@pytest.fixture
def access() -> Access:
    """BFL has no token of ours, and no page."""
    return Access(token=TOKEN, names=NAMES, secure=True)


@pytest.fixture
def bfl(site: Site, broker_url: str) -> TestClient:
    """Somebody out in the world who calls back."""
    site.settings.broker_url, site.settings.webhook_secret = broker_url, SecretStr(SECRET)
    return TestClient(make_app(site), base_url="https://batches.example")


@pytest.fixture
def heard(redis: Redis) -> Iterator[Callable[[], list[str]]]:
    """The tickets that were rung for until now."""
    with redis.pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(CHANNEL)
        channel.get_message(timeout=5)

        def listened() -> list[str]:
            rung = []
            while message := _next(channel):
                rung.append(message["data"].decode())
            return rung

        yield listened


def _next(channel: PubSub) -> dict[str, bytes] | None:
    return channel.get_message(timeout=0.05)


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(KNOWS, id="the secret itself, as one of BFL's pages says"),
        pytest.param({"X-BFL-Signature": signature(SECRET, READY)}, id="a signature, as another one says"),
        pytest.param({**KNOWS, "X-BFL-Signature": signature(SECRET, READY)}, id="both"),
    ],
)
def test_a_genuine_webhook_rings(bfl: TestClient, heard: Callable[[], list[str]], shown: dict[str, str]) -> None:
    assert bfl.post("/hooks/bfl", content=READY, headers=shown).status_code == 204
    assert heard() == ["t-1"]


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param({}, id="nothing is shown"),
        pytest.param({"X-Webhook-Secret": ""}, id="an empty secret"),
        pytest.param({"X-Webhook-Secret": SECRET[:-1]}, id="nearly the secret"),
        pytest.param({"X-Webhook-Secret": "sécret".encode("latin-1")}, id="letters that no secret has"),
        pytest.param({"X-BFL-Signature": signature("another secret", READY)}, id="signed with another secret"),
        pytest.param({"X-BFL-Signature": signature(SECRET, READY + b" ")}, id="the signature of another body"),
        pytest.param({"X-BFL-Signature": "sha256="}, id="an empty signature"),
        pytest.param({"Authorization": f"Bearer {TOKEN}"}, id="the token of the page, which is for people"),
    ],
)
def test_a_forged_one_does_not(bfl: TestClient, heard: Callable[[], list[str]], shown: dict[str, str | bytes]) -> None:
    answer = bfl.post("/hooks/bfl", content=READY, headers=shown)
    assert answer.status_code == 403
    assert SECRET not in answer.text
    assert heard() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"", 400, id="nothing"),
        pytest.param(b"\xff\x00", 400, id="no text"),
        pytest.param(b"[" * 60_000, 400, id="nested too deeply for a parser"),
        pytest.param(b'{"status": "Ready"}', 400, id="no ticket"),
        pytest.param(b'{"id": 7}', 400, id="a number for a ticket"),
        pytest.param(b'{"id": ""}', 400, id="an empty ticket"),
        pytest.param(b'{"id": "t\\n1"}', 400, id="a line break in a ticket"),
        pytest.param(json.dumps({"id": "t" * 201}).encode(), 400, id="a ticket longer than any"),
        pytest.param(b'{"id": "t-1", "more": "' + b"x" * 64_000 + b'"}', 413, id="a body longer than any"),
    ],
)
def test_garbage_is_refused(bfl: TestClient, heard: Callable[[], list[str]], body: bytes, status: int) -> None:
    assert bfl.post("/hooks/bfl", content=body, headers=KNOWS).status_code == status
    assert heard() == []


def test_what_comes_twice_rings_once(bfl: TestClient, heard: Callable[[], list[str]]) -> None:
    """BFL sends again what was not answered in time, and somebody may have recorded it."""
    for _ in range(3):
        assert bfl.post("/hooks/bfl", content=READY, headers=KNOWS).status_code == 204
    assert heard() == ["t-1"]


def test_a_flood_rings_no_more_often_than_so_many_times_a_second() -> None:
    rings, now = Rings(), time.monotonic()
    assert sum(rings.may(f"t-{number}", now) for number in range(10 * MOST)) == MOST
    assert not rings.may("one more", now + SECONDS / 2)
    assert rings.may("one more", now + SECONDS)


def test_nothing_is_taken_where_no_secret_is_set(bfl: TestClient, site: Site) -> None:
    site.settings.webhook_secret = None
    assert bfl.post("/hooks/bfl", content=READY, headers={"X-Webhook-Secret": ""}).status_code == 404


def test_a_secret_that_could_be_guessed_is_refused(bfl: TestClient, site: Site) -> None:
    site.settings.webhook_secret = SecretStr("short")
    answer = bfl.post("/hooks/bfl", content=READY, headers={"X-Webhook-Secret": "short"})
    assert answer.status_code == 422
    assert "FLUXBATCH_WEBHOOK_SECRET" in answer.text
