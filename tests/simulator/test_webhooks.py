"""How clients are called back."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator import Running
    from tests.simulator.conftest import Api

SECRET = "quite secret"


class Ear(ThreadingHTTPServer):
    """A receiver that hears everything and nods after `deaf` calls."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.heard: list[tuple[float, dict[str, str], bytes]] = []
        self.deaf = 0
        self.url = f"http://127.0.0.1:{self.server_port}/hook"

    def calls(self, count: int) -> list[tuple[float, dict[str, str], bytes]]:
        """So many calls, and no more for a moment."""
        deadline = time.monotonic() + 10
        while len(self.heard) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.3)
        assert len(self.heard) == count
        return self.heard


class Handler(BaseHTTPRequestHandler):
    """Tells the ear."""

    server: Ear

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.heard.append((time.monotonic(), headers, body))
        self.send_response(500 if len(self.server.heard) <= self.server.deaf else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class names it
        """Say nothing."""


@pytest.fixture
def ear() -> Iterator[Ear]:
    with Ear() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def hooked(api: Api, ear: Ear, **body: Any) -> dict[str, Any]:
    return api.ticket("flux-dev", prompt="x", webhook_url=ear.url, webhook_secret=SECRET, **body)


def test_a_hooked_ticket_names_the_hook_and_no_polling_url(api: Api, ear: Ear) -> None:
    ticket = hooked(api, ear)
    assert set(ticket) == {"id", "status", "webhook_url", "cost", "input_mp", "output_mp"}
    assert ticket["webhook_url"] == ear.url


def test_the_call_tells_what_a_poll_would_and_proves_itself_twice(api: Api, ear: Ear) -> None:
    ticket = hooked(api, ear)
    ((_, headers, body),) = ear.calls(1)
    news = json.loads(body)
    assert (news["id"], news["status"], news["cost"]) == (ticket["id"], "Ready", 2.5)
    assert api.download(news).status_code == 200
    assert headers["x-webhook-secret"] == SECRET
    proof = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["x-bfl-signature"] == f"sha256={proof}"


@pytest.mark.parametrize(
    ("option", "left"),
    [("--no-webhook-secret", "x-bfl-signature"), ("--no-webhook-signature", "x-webhook-secret")],
)
def test_each_proof_can_be_switched_off(
    start: Callable[..., Running], visit: Callable[..., Api], ear: Ear, option: str, left: str
) -> None:
    hooked(visit(start(flags=[option], speed=500).url), ear)
    ((_, headers, _),) = ear.calls(1)
    assert {"x-bfl-signature", "x-webhook-secret"} & set(headers) == {left}


def test_without_a_secret_there_is_no_proof(api: Api, ear: Ear) -> None:
    api.ticket("flux-dev", prompt="x", webhook_url=ear.url)
    ((_, headers, _),) = ear.calls(1)
    assert not {"x-bfl-signature", "x-webhook-secret"} & set(headers)


def test_a_deaf_client_is_called_again_after_1_5_and_30_scaled_seconds(own: Callable[..., Api], ear: Ear) -> None:
    ear.deaf = 9
    hooked(own(speed=20), ear)
    times = [when for when, _, _ in ear.calls(4)]
    gaps = [later - sooner for sooner, later in pairwise(times)]
    for gap, pause in zip(gaps, [1, 5, 30], strict=True):
        assert pause / 20 <= gap < pause / 20 + 1


def test_a_client_that_hears_is_not_called_again(own: Callable[..., Api], ear: Ear) -> None:
    ear.deaf = 1
    hooked(own(speed=200), ear)
    ear.calls(2)


@pytest.mark.parametrize(("effect", "calls"), [("drop", 0), ("duplicate", 2)])
def test_calls_can_be_dropped_and_doubled(own: Callable[..., Api], ear: Ear, effect: str, calls: int) -> None:
    api = own()
    api.plant(effect=effect)
    hooked(api, ear)
    ear.calls(calls)


def test_a_moderated_task_is_told_too(api: Api, ear: Ear) -> None:
    api.ticket("flux-dev", prompt="gore", webhook_url=ear.url)
    ((_, _, body),) = ear.calls(1)
    assert json.loads(body)["status"] == "Content Moderated"


def test_the_books_do_not_show_the_secret(api: Api, ear: Ear) -> None:
    hooked(api, ear)
    assert SECRET not in api.http.get("/_sim/tasks").text


def test_other_machines_are_never_called(api: Api) -> None:
    refused = api.refusal("flux-dev", webhook_url="https://hooks.invalid/me")
    assert refused == (400, "The simulator calls webhooks on this machine only")
