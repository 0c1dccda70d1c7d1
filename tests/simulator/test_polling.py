"""How a task shows itself."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from simulator import running
from tests.simulator.conftest import Api

if TYPE_CHECKING:
    from collections.abc import Callable

CAT = {"prompt": "a cat", "width": 64, "height": 64}
MEMBERS = ["id", "status", "result", "progress", "details", "preview"]


@pytest.fixture(scope="module")
def stories() -> dict[str, list[dict[str, Any]]]:
    """Every poll of one task per endpoint, ten milliseconds apart."""
    told = {}
    with running(speed=8) as simulator, closing(Api(simulator.url)) as api:
        for endpoint in ("flux-2-pro", "flux-3-image"):
            ticket = api.ticket(endpoint, prompt="a cat")
            polls = told[endpoint] = [api.poll(ticket)]
            while polls[-1]["status"] != "Ready":
                time.sleep(0.01)
                polls.append(api.poll(ticket))
    return told


@pytest.mark.parametrize(
    ("endpoint", "chapters"),
    [
        ("flux-2-pro", ["Pending", "Generating", "Ready"]),
        ("flux-3-image", ["Pending", "Reasoning", "Generating", "Ready"]),
    ],
)
def test_a_task_passes_through_its_statuses_in_order(
    stories: dict[str, list[dict[str, Any]]], endpoint: str, chapters: list[str]
) -> None:
    assert list(dict.fromkeys(poll["status"] for poll in stories[endpoint])) == chapters


def test_progress_grows_from_nothing_to_less_than_one_while_it_generates(
    stories: dict[str, list[dict[str, Any]]],
) -> None:
    polls = stories["flux-2-pro"]
    fractions = [poll["progress"] for poll in polls if poll["status"] == "Generating"]
    assert fractions == sorted(fractions)
    assert all(0 < fraction <= 1 for fraction in fractions)
    assert {poll["progress"] for poll in polls if poll["status"] != "Generating"} == {None}


def test_a_poll_has_all_members_and_a_cost_once_it_is_settled(stories: dict[str, list[dict[str, Any]]]) -> None:
    first, *_, last = stories["flux-2-pro"]
    assert list(first) == MEMBERS
    assert list(last) == [*MEMBERS, "cost"]
    assert last["cost"] == 3.0


def test_a_result_is_typed_as_clients_rely_on(api: Api) -> None:
    result = api.make("flux-2-klein-4b", **CAT, seed=7)["result"]
    kinds = {"sample": str, "prompt": str, "seed": int, "start_time": float, "end_time": float, "duration": float}
    assert {name: type(value) for name, value in result.items()} == kinds
    assert (result["prompt"], result["seed"]) == ("a cat", 7)
    assert result["end_time"] > result["start_time"]


def test_a_poll_needs_no_key(api: Api) -> None:
    ticket = api.ticket("flux-2-klein-4b", **CAT)
    assert httpx.get(ticket["polling_url"], trust_env=False).status_code == 200


def test_an_unknown_task_is_a_404_that_still_reads_as_a_poll(api: Api) -> None:
    answer = api.http.get("/v1/get_result", params={"id": "no-such-task"})
    assert answer.status_code == 404
    assert answer.json() == dict.fromkeys(MEMBERS) | {"id": "no-such-task", "status": "Task not found"}


def test_a_poll_without_an_id_is_refused(api: Api) -> None:
    answer = api.http.get("/v1/get_result")
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["query", "id"])


@pytest.mark.parametrize(
    ("prompt", "status", "details"),
    [
        ("a FORBIDDEN cat", "Request Moderated", {"Moderation Reasons": ["Derivative Works Filter"]}),
        ("a gore cat", "Content Moderated", {"Moderation Reasons": ["Violence"]}),
        ("a crash-test cat", "Error", {"error": "Generation failed"}),
    ],
)
def test_words_of_the_prompt_decide_how_a_task_ends(
    api: Api, prompt: str, status: str, details: dict[str, object]
) -> None:
    standing = api.make("flux-2-klein-4b", **CAT | {"prompt": prompt})
    assert (standing["status"], standing["result"], standing["details"]) == (status, None, details)
    assert "cost" not in standing


def test_a_hiccup_refuses_each_distinct_body_once(api: Api) -> None:
    for prompt in ("hiccup one", "hiccup two"):
        first = api.submit("flux-2-klein-4b", **CAT | {"prompt": f"{prompt} {id(api)}"})
        again = api.submit("flux-2-klein-4b", **CAT | {"prompt": f"{prompt} {id(api)}"})
        assert (first.status_code, first.headers["retry-after"]) == (503, "1")
        assert again.status_code == 200


def test_the_words_can_be_chosen(own: Callable[..., Api]) -> None:
    api = own(word_content_moderated="Broccoli", word_request_moderated="")
    assert api.make("flux-2-klein-4b", **CAT | {"prompt": "broccoli"})["status"] == "Content Moderated"
    assert api.make("flux-2-klein-4b", **CAT | {"prompt": "gore"})["status"] == "Ready"
