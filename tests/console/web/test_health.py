"""Load balancers learn whether to send anybody here, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from console.web.access import Access
from console.web.app import make_app
from tests.console.web.conftest import NAMES, TOKEN

if TYPE_CHECKING:
    from console.web.site import Site

NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture
def access() -> Access:
    """A server that asks for its token, which load balancers do not have."""
    return Access(token=TOKEN, names=NAMES, secure=True)


@pytest.fixture
def passer_by(site: Site) -> TestClient:
    return TestClient(make_app(site), base_url="http://127.0.0.1:8600")


def test_a_process_that_answers_is_alive(passer_by: TestClient) -> None:
    assert passer_by.get("/healthz").json() == {"alive": True}


def test_ready_means_that_ledger_and_broker_can_be_reached(passer_by: TestClient, site: Site, broker_url: str) -> None:
    site.settings.broker_url = broker_url
    answer = passer_by.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "ledger": "ok", "broker": "ok"})


def test_an_embedded_broker_need_not_be_up_before_there_are_workers(passer_by: TestClient) -> None:
    answer = passer_by.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["broker"].startswith("not up")


def test_what_is_out_of_reach_is_named_and_its_address_is_not(passer_by: TestClient, site: Site) -> None:
    site.settings.broker_url = NOBODY
    answer = passer_by.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "ledger": "ok", "broker": "out of reach"}


def test_it_is_not_tried_anew_for_everybody_who_asks(
    passer_by: TestClient, site: Site, broker_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever asks in a loop would keep a broker in trouble busy, and all threads waiting for it."""
    monkeypatch.setattr("console.web.readiness.REMEMBERED_SECONDS", 60.0)
    site.settings.broker_url = broker_url
    passer_by.get("/readyz")
    site.settings.broker_url = NOBODY
    assert passer_by.get("/readyz").json()["broker"] == "ok"


def test_metrics_are_for_whoever_has_the_token(passer_by: TestClient) -> None:
    assert passer_by.get("/metrics").status_code == 401
    assert passer_by.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
