"""A company does not forget its tasks when it is restarted, nor when its client is killed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx
import pytest

from simulator import NotStarted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator import Running
    from tests.simulator.conftest import Api

KEY = "a-key-that-stays"
CAT = {"prompt": "a cat", "width": 64, "height": 64}


@pytest.fixture
def books(tmp_path: Path) -> Path:
    return tmp_path / "books.jsonl"


@pytest.fixture
def reopen(start: Callable[..., Running], visit: Callable[..., Api], books: Path) -> Callable[..., Api]:
    """Kills the simulator that ran before, if any, and starts it again on the same port with the same books."""
    before: list[Running] = []

    def again(**options: object) -> Api:
        port = 0
        if before:
            before[-1].process.kill()
            before[-1].process.wait()
            port = httpx.URL(before[-1].url).port or 0
        before.append(start(**{"speed": 500, "books": books, "port": port} | options))
        return visit(before[-1].url, KEY)

    return again


def test_after_a_kill_tickets_links_and_money_are_as_before(reopen: Callable[..., Api]) -> None:
    api = reopen()
    ticket = api.ticket("flux-2-klein-4b", **CAT)
    standing = api.wait(ticket)
    image = api.download(standing).content
    moderated = api.ticket("flux-2-klein-4b", **CAT | {"prompt": "gore"})
    api.wait(moderated)
    before = api.stats()
    api = reopen()
    assert api.poll(ticket)["result"]["prompt"] == "a cat"
    assert api.download(standing).content == image  # the very link from before
    assert api.poll(moderated)["status"] == "Content Moderated"
    after = api.stats()
    kept = ["accepted", "billed_micro_credits", "active", "peak_active", "accepted_by_body"]
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert api.credits() == 9998.6


def test_a_task_goes_on_while_the_company_is_closed(reopen: Callable[..., Api]) -> None:
    api = reopen(speed=10)
    ticket = api.ticket("flux-2-max", **CAT)
    api = reopen(speed=10)
    assert api.poll(ticket)["status"] in {"Pending", "Generating"}
    assert api.stats()["active"]["standard"] == 1
    assert api.wait(ticket)["status"] == "Ready"
    assert api.stats()["billed_credits"] == 7


def test_a_drained_account_stays_drained(reopen: Callable[..., Api]) -> None:
    api = reopen()
    api.plant(effect="no_credits")
    assert api.submit("flux-2-klein-4b", **CAT).status_code == 402
    assert reopen().credits() == 0


def test_a_torn_last_line_is_cut_off_and_written_over(reopen: Callable[..., Api], books: Path) -> None:
    reopen().ticket("flux-2-klein-4b", **CAT)
    whole = books.read_bytes()
    books.write_bytes(whole + b'{"event":"accep')
    api = reopen()
    assert api.stats()["accepted"] == 1
    api.ticket("flux-2-klein-4b", **CAT)
    assert reopen().stats()["accepted"] == 2
    assert books.read_bytes().startswith(whole)


@pytest.mark.parametrize("damage", ["scribble", "{}", '{"event":"accepted"}', "7"])
def test_books_that_are_damaged_elsewhere_are_refused_with_the_line(
    start: Callable[..., Running], books: Path, damage: str
) -> None:
    books.write_text(f'{{"event":"opened","account":"x","balance":1}}\n{damage}\n')
    with pytest.raises(NotStarted, match=r"books\.jsonl, line 2"):
        start(books=books)


def test_a_key_is_kept_nowhere(reopen: Callable[..., Api], books: Path) -> None:
    api = reopen()
    api.ticket("flux-2-klein-4b", **CAT)
    assert KEY not in books.read_text()
    assert KEY not in api.http.get("/_sim/tasks").text


def test_finetunes_outlive_a_restart(reopen: Callable[..., Api], training: dict[str, str]) -> None:
    api = reopen(speed=10_000)
    ids = [api.ticket("finetune", **training)["finetune_id"] for _ in range(2)]
    api.http.post("/v1/delete_finetune", json={"finetune_id": ids[1]})
    api = reopen(speed=10_000)
    assert api.http.get("/v1/my_finetunes").json() == {"finetunes": ids[:1]}
    time.sleep(0.2)
    assert api.submit("flux-pro-1.1-ultra-finetuned", finetune_id=ids[0]).status_code == 200
