"""The client against a real server: every way a request can end is an answer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from batches.store.images import verify
from batches.store.ledger.records import Reported
from workers.bfl.answers import (
    Accepted,
    AnswerLost,
    Busy,
    Downloaded,
    Foreign,
    InFlight,
    KeyRefused,
    Moderated,
    NoCredits,
    NotFound,
    Ready,
    Rejected,
    TaskError,
    Trouble,
)
from workers.errors import AccountRefused, ApiUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.store.images import Draft
    from tests.workers.conftest import Company
    from workers.bfl import Client
    from workers.bfl.answers import PollAnswer, SubmitAnswer

DEV = "/v1/flux-dev"
SMALL = {"prompt": "a fox", "width": 256, "height": 256}


def submitted(client: Client, **params: object) -> SubmitAnswer:
    return client.submit(DEV, SMALL | params)


def polling_url(client: Client, **params: object) -> str:
    """Where to ask for an image that was just ordered."""
    answer = submitted(client, **params)
    assert isinstance(answer, Accepted), answer
    return answer.ticket.polling_url


def outcome(client: Client, polling_url: str) -> PollAnswer:
    """What becomes of it."""
    while isinstance(answer := client.poll(polling_url), InFlight):
        time.sleep(0.01)
    return answer


def link(client: Client) -> str:
    """Where an image lies that was just made."""
    answer = outcome(client, polling_url(client))
    assert isinstance(answer, Ready), answer
    return answer.link


def test_an_image_is_ordered_awaited_and_fetched(client: Client, company: Company, draft: Draft) -> None:
    before = time.time()
    answer = submitted(client, seed=7)
    assert isinstance(answer, Accepted)
    assert before <= answer.ticket.accepted_at <= time.time()
    ready = outcome(client, answer.ticket.polling_url)
    assert isinstance(ready, Ready)
    assert ready.result["seed"] == 7
    assert ready.said.micro_credits == company["billed_micro_credits"] == 2_500_000
    assert client.download(ready.link, draft) == Downloaded()
    assert verify(draft, "jpeg").width == 256, "a JPEG, as flux-dev makes them"


def test_a_price_is_heard_as_soon_as_bfl_names_it(client: Client) -> None:
    answer = client.submit("/v1/flux-2-klein-4b", {"prompt": "a fox", "width": 512, "height": 512})
    assert isinstance(answer, Accepted)
    assert answer.said.micro_credits == 1_400_000
    assert answer.said.output_micro_mp is not None


@pytest.mark.parametrize(
    ("fault", "answer", "taken", "reason"),
    [
        ({"effect": "status", "status": 429, "retry_after": 2}, Busy, 0, "too many active tasks"),
        ({"effect": "status", "status": 503}, Busy, 0, "maintenance"),
        ({"effect": "outage", "seconds": 0.05}, Busy, 0, "the whole service is down"),
        ({"effect": "status", "status": 500}, AnswerLost, 0, "from here it cannot be told from the next ones"),
        ({"effect": "lost"}, AnswerLost, 1, "taken, and the answer cut off"),
        ({"effect": "cut"}, AnswerLost, 0, "cut off before it was taken"),
        ({"effect": "cut_midway"}, AnswerLost, 1, "half an answer"),
        ({"effect": "truncated"}, AnswerLost, 1, "half a body that looks whole"),
        ({"effect": "garbage"}, AnswerLost, 1, "no JSON at all"),
        ({"effect": "hang"}, AnswerLost, 0, "silence"),
        ({"effect": "no_credits"}, NoCredits, 0, "the account is spent"),
        ({"effect": "content_type", "content_type": "text/html; charset=base64"}, Accepted, 1, "JSON is UTF-8"),
    ],
)
def test_a_submission_that_goes_wrong(
    *, client: Client, company: Company, fault: dict[str, object], answer: type, taken: int, reason: str
) -> None:
    company.spoil("submit", **fault)
    assert type(submitted(client)) is answer, reason
    assert company["accepted"] == taken, reason


def test_a_request_that_bfl_will_never_take_is_rejected(client: Client) -> None:
    answer = submitted(client, width=5)
    assert isinstance(answer, Rejected)
    assert answer.message.startswith("422: width: ")
    assert isinstance(client.submit("/v1/flux-9", SMALL), Rejected), "there is no such model"


def test_more_active_tasks_than_the_limit_are_busy(client: Client, company: Company) -> None:
    company.spoil("submit", "stuck")
    answers = [type(submitted(client, seed=seed)) for seed in range(25)]
    assert answers == [Accepted] * 24 + [Busy]


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("forbidden things", Moderated("Request Moderated: Derivative Works Filter", Reported())),
        ("much gore", Moderated("Content Moderated: Violence", Reported())),
        ("a crash-test", TaskError("Generation failed", Reported())),
    ],
)
def test_a_task_that_ends_without_a_picture_says_why(client: Client, prompt: str, answer: PollAnswer) -> None:
    assert outcome(client, polling_url(client, prompt=prompt)) == answer


@pytest.mark.parametrize(
    ("fault", "answer", "reason"),
    [
        ({"effect": "pending"}, InFlight, "not finished"),
        ({"effect": "not_found"}, NotFound, "404 with a task in its body"),
        ({"effect": "status", "status": 500}, Trouble, "polls cost nothing: any failure passes"),
        ({"effect": "status", "status": 503, "retry_after": 3}, Trouble, "asked to wait"),
        ({"effect": "cut"}, Trouble, "no answer"),
        ({"effect": "cut_midway"}, Trouble, "half an answer"),
        ({"effect": "truncated"}, Trouble, "half a body that looks whole"),
        ({"effect": "garbage"}, Trouble, "no JSON"),
        ({"effect": "hang"}, Trouble, "silence"),
        ({"effect": "redirect"}, Ready, "sent on within BFL"),
        ({"effect": "redirect", "host": "elsewhere.invalid"}, Foreign, "sent on to somebody else"),
        ({"effect": "content_type", "content_type": "text/html; charset=nonsense"}, Ready, "the body tells"),
    ],
)
def test_a_poll_that_goes_wrong(
    client: Client, company: Company, fault: dict[str, object], answer: type, reason: str
) -> None:
    url = polling_url(client)
    outcome(client, url)
    company.spoil("poll", **fault)
    assert type(client.poll(url)) is answer, reason


def test_the_balance_is_told(client: Client) -> None:
    assert client.credits() == 10_000


@pytest.mark.parametrize(("key", "reason"), [("revoked-key", "403"), ("short", "422: Invalid API key format")])
def test_a_refused_key_is_said_before_anything_is_sent(
    key: str, reason: str, client_of: Callable[..., Client], company: Company
) -> None:
    client = client_of(company.url, key=key)
    with pytest.raises(AccountRefused, match=reason) as caught:
        client.credits()
    assert "BFL_API_KEY" in caught.value.cure
    assert isinstance(submitted(client), KeyRefused)


def test_a_server_of_somebody_else_is_said_before_anything_is_sent(
    client_of: Callable[[str], Client], company: Company
) -> None:
    with pytest.raises(ApiUnreachable, match="does not tell the account's credits: 404"):
        client_of(f"{company.url}/elsewhere").credits()


def test_a_host_that_is_away_is_said_before_anything_is_sent(client_of: Callable[[str], Client]) -> None:
    with pytest.raises(ApiUnreachable, match="does not answer") as caught:
        client_of("http://127.0.0.1:9").credits()
    assert "FLUXBATCH_API_URL" in caught.value.cure
