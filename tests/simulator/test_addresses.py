"""Which URLs are handed out, and where tasks are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulator.conftest import Api

CAT = {"prompt": "a cat", "width": 64, "height": 64}


def test_behind_a_proxy_urls_start_with_what_the_client_asked_for(api: Api) -> None:
    forwarded = {"x-forwarded-proto": "https", "x-forwarded-host": "bfl.example"}
    ticket = api.http.post("/v1/flux-2-klein-4b", json=CAT, headers=forwarded).json()
    assert ticket["polling_url"].startswith("https://bfl.example/v1/get_result?id=")
    inside = {"polling_url": f"/v1/get_result?id={ticket['id']}"}
    api.wait(inside)
    result = api.http.get(inside["polling_url"], headers=forwarded).json()["result"]
    assert result["sample"].startswith("https://bfl.example/results/")


def test_a_public_url_goes_before_everything(own: Callable[..., Api]) -> None:
    api = own(public_url="https://bfl.example/api/")
    ticket = api.ticket("flux-2-klein-4b", **CAT)
    assert ticket["polling_url"] == f"https://bfl.example/api/v1/get_result?id={ticket['id']}"


def test_with_regions_a_task_is_known_only_where_its_ticket_says(own: Callable[..., Api]) -> None:
    api = own(regional=0)
    ticket = api.ticket("flux-2-klein-4b", **CAT)
    region = httpx.URL(ticket["polling_url"])
    assert region.port != httpx.URL(api.url).port
    standing = api.wait(ticket)
    assert httpx.URL(standing["result"]["sample"]).port == region.port
    assert api.download(standing).status_code == 200
    elsewhere = api.http.get("/v1/get_result", params={"id": ticket["id"]})
    assert (elsewhere.status_code, elsewhere.json()["status"]) == (404, "Task not found")
