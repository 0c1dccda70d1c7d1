"""What a submission is answered."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulator.conftest import Api

CAT = {"prompt": "a cat", "width": 64, "height": 64}


def test_a_ticket_has_an_id_and_an_absolute_polling_url_on_the_host_that_was_asked(api: Api) -> None:
    ticket = api.ticket("flux-2-klein-4b", **CAT)
    assert str(uuid.UUID(ticket["id"])) == ticket["id"]
    assert ticket["polling_url"] == f"{api.url}/v1/get_result?id={ticket['id']}"


def test_json_is_compact(api: Api) -> None:
    text = api.submit("flux-2-klein-4b", **CAT).text
    assert '": ' not in text
    assert '", ' not in text


@pytest.mark.parametrize(
    ("endpoint", "body", "quoted"),
    [
        ("flux-2-pro", {"prompt": "x", "width": 1920, "height": 1072}, (4.5, 0.0, 2.06)),
        ("flux-2-pro", {"prompt": "x", "width": 65, "height": 65}, (3.0, 0.0, 0.0)),
        ("flux-dev", {"prompt": "x"}, (None, None, None)),
        ("flux-kontext-pro", {"prompt": "x"}, (None, None, None)),
        ("flux-3-image", {"prompt": "x"}, (None, None, None)),
        ("flux-3-video", {"prompt": "x", "mode": "t2v"}, (None, None, None)),
    ],
    ids=["FLUX.2 quotes", "tiny rounds to nothing", "FLUX.1 does not", "Kontext neither", "nor 3", "nor video"],
)
def test_the_cost_is_quoted_where_the_real_service_quotes_it(
    api: Api, endpoint: str, body: dict[str, object], quoted: tuple[float | None, ...]
) -> None:
    ticket = api.ticket(endpoint, **body)
    assert (ticket["cost"], ticket["input_mp"], ticket["output_mp"]) == quoted


@pytest.mark.parametrize(
    ("headers", "status", "detail"),
    [
        ({}, 403, "Not authenticated"),
        ({"authorization": "Bearer good-key-1"}, 403, "Not authenticated"),
        ({"x-api-key": "good-key-1"}, 403, "Not authenticated"),
        ({"x-key": "short"}, 422, "Invalid API key format"),
        ({"x-key": "has some spaces"}, 422, "Invalid API key format"),
        ({"x-key": "revoked-key-1"}, 403, "This API key has been revoked"),
    ],
    ids=["none", "bearer", "wrong header", "short", "spaces", "revoked"],
)
def test_a_key_that_is_no_good_is_refused_before_the_body_is_judged(
    company: str, headers: dict[str, str], status: int, detail: str
) -> None:
    answer = httpx.post(f"{company}/v1/flux-2-pro", json={"width": 1}, headers=headers, trust_env=False)
    assert (answer.status_code, answer.json()) == (status, {"detail": detail})


def test_a_refused_body_names_every_fault_as_pydantic_does(api: Api) -> None:
    answer = api.submit("flux-2-pro", prompt=3, width=10, output_format="gif")
    assert answer.status_code == 422
    assert answer.json()["detail"][1] == {
        "type": "greater_than_equal",
        "loc": ["body", "width"],
        "msg": "Input should be greater than or equal to 64",
        "input": 10,
        "ctx": {"ge": 64},
    }
    assert [error["loc"][1] for error in answer.json()["detail"]] == ["prompt", "width", "output_format"]


@pytest.mark.parametrize(
    ("endpoint", "body", "fault"),
    [
        ("flux-2-pro", {}, "missing body.prompt"),
        ("flux-2-pro", {"prompt": "x", "width": "64"}, "int_type body.width"),
        ("flux-2-pro", {"prompt": "x", "width": 0}, "greater_than_equal body.width"),
        ("flux-2-pro", {"prompt": "x", "width": 2064, "height": 2048}, "value_error body"),
        ("flux-dev", {"width": 1000}, "multiple_of body.width"),
        ("flux-dev", {"user": ""}, "string_too_short body.user"),
        ("flux-pro-1.1-ultra", {"aspect_ratio": "22:9"}, "value_error body.aspect_ratio"),
        ("flux-pro-1.1-ultra", {"aspect_ratio": "wide"}, "value_error body.aspect_ratio"),
        ("flux-pro-finetuned", {"finetune_id": "a/b", "seed": None}, "int_type body.seed"),
        ("flux-3-image", {"prompt": "x", "seed": 1}, "extra_forbidden body.seed"),
        ("flux-3-image", {"prompt": "x", "images": []}, "value_error body"),
        ("flux-dev", {"webhook_url": "ftp://127.0.0.1/"}, "url_scheme body.webhook_url"),
    ],
)
def test_the_body_is_held_to_the_specification(api: Api, endpoint: str, body: dict[str, object], fault: str) -> None:
    assert api.refusal(endpoint, **body) == (422, [fault])


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ('{"prompt": "x", "guidance": NaN}', "finite_number"),
        ('{"prompt": "x", "guidance": Infinity}', "finite_number"),
        ("[]", "model_attributes_type"),
        ("", "missing"),
    ],
)
def test_odd_json_is_a_422_and_never_a_500(api: Api, content: str, fault: str) -> None:
    answer = api.http.post("/v1/flux-2-flex", content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["detail"][0]["type"]) == (422, fault)


def test_half_of_a_surrogate_pair_is_refused(api: Api) -> None:
    answer = api.http.post(
        "/v1/flux-2-flex", content='{"prompt": "\\ud83d"}', headers={"content-type": "application/json"}
    )
    assert (answer.status_code, "surrogate" in answer.json()["detail"]) == (422, True)


def test_fields_that_flux_2_does_not_know_are_ignored(api: Api) -> None:
    assert api.submit("flux-2-klein-4b", **CAT, mood="sunny").status_code == 200


def test_a_body_that_is_no_json_is_refused(api: Api) -> None:
    answer = api.http.post("/v1/flux-2-pro", content="{", headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["detail"][0]["type"]) == (422, "json_invalid")


def test_unknown_paths_and_wrong_methods_are_answered_as_fastapi_does(api: Api) -> None:
    assert api.http.post("/v1/flux-9").json() == {"detail": "Not Found"}
    wrong = api.http.get("/v1/flux-2-pro")
    assert (wrong.status_code, wrong.json()) == (405, {"detail": "Method Not Allowed"})


def test_the_same_submissions_in_the_same_order_meet_the_same_fate(own: Callable[..., Api]) -> None:
    seeds = []
    for _ in range(2):
        api = own(random_seed=7)
        seeds.append([api.make("flux-2-klein-4b", **CAT)["result"]["seed"] for _ in range(2)])
    assert seeds[0] == seeds[1]
    assert seeds[0][0] != seeds[0][1]
