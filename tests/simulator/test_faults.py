"""Everything that can go wrong on request."""

from __future__ import annotations

import io
import json
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from PIL import Image, UnidentifiedImageError

from simulator import running
from simulator.faults.fault import Fault
from simulator.faults.table import BadFault, load_faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.simulator.conftest import Api

CAT = {"prompt": "a cat", "width": 64, "height": 64}


@pytest.fixture(scope="module")
def spoilt() -> Iterator[str]:
    """Faults spoil everybody's calls, so these tests share a company of their own."""
    with running(speed=500) as simulator:
        yield simulator.url


@pytest.fixture
def api(spoilt: str, visit: Callable[..., Api]) -> Iterator[Api]:
    """A new key, and no faults are left for the next."""
    client = visit(spoilt)
    yield client
    client.http.delete("/_sim/faults")


def submit(api: Api, prompt: str = "a cat") -> httpx.Response:
    return api.submit("flux-2-klein-4b", **CAT | {"prompt": prompt})


@pytest.fixture
def ready(api: Api) -> dict[str, Any]:
    """A finished task, its ticket and its last poll in one."""
    ticket = submit(api).json()
    return ticket | api.wait(ticket)


def poll(api: Api, ready: dict[str, Any]) -> httpx.Response:
    return api.http.get(ready["polling_url"])


@pytest.mark.parametrize("retry_after", [None, 3])
def test_status_refuses_with_or_without_retry_after(own: Callable[..., Api], retry_after: int | None) -> None:
    api = own()
    api.plant(effect="status", on="submit", status=500, retry_after=retry_after, detail="oops")
    answer = submit(api)
    assert (answer.status_code, answer.json()) == (500, {"detail": "oops"})
    assert answer.headers.get("retry-after") == (None if retry_after is None else "3")
    assert (api.stats()["accepted"], api.stats()["refused"]) == (0, {"500": 1})


def test_lost_accepts_and_bills_but_the_client_never_hears_of_it(own: Callable[..., Api]) -> None:
    api = own()
    api.plant(effect="lost", on="submit", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        submit(api)
    submit(api)
    time.sleep(0.1)
    stats = api.stats()
    assert (stats["accepted"], stats["billed_credits"]) == (2, 2.8)
    assert stats["accepted_by_body"] == {"distinct_bodies": 1, "accepted_more_than_once": 1}


def test_cut_accepts_nothing(own: Callable[..., Api]) -> None:
    api = own()
    api.plant(effect="cut", on="submit")
    with pytest.raises(httpx.RemoteProtocolError):
        submit(api)
    assert api.stats()["accepted"] == 0


def test_cut_midway_breaks_off_in_the_middle_of_the_bytes(api: Api, ready: dict[str, Any]) -> None:
    api.plant(effect="cut_midway", on="download")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        api.download(ready)


def test_slow_answers_late_but_rightly(api: Api) -> None:
    api.plant(effect="slow", on="submit", seconds=0.5)
    begun = time.monotonic()
    assert submit(api).status_code == 200
    assert time.monotonic() - begun >= 0.5


def test_hang_never_answers(api: Api, ready: dict[str, Any]) -> None:
    api.plant(effect="hang", on="poll")
    with pytest.raises(httpx.ReadTimeout):
        api.http.get(ready["polling_url"], timeout=0.5)


def test_truncated_sends_half_a_document_and_half_an_image(api: Api, ready: dict[str, Any]) -> None:
    api.plant(effect="truncated", on="poll")
    api.plant(effect="truncated", on="download")
    with pytest.raises(json.JSONDecodeError):
        poll(api, ready).json()
    half = Image.open(io.BytesIO(api.download(ready).content))
    with pytest.raises(OSError, match="truncated"):
        half.load()


def test_garbage_is_neither_json_nor_an_image(api: Api, ready: dict[str, Any]) -> None:
    api.plant(effect="garbage", on="poll")
    api.plant(effect="garbage", on="download")
    with pytest.raises((json.JSONDecodeError, UnicodeDecodeError)):
        poll(api, ready).json()
    with pytest.raises(UnidentifiedImageError):
        Image.open(io.BytesIO(api.download(ready).content))


def test_content_type_lies_about_the_right_body(api: Api, ready: dict[str, Any]) -> None:
    api.plant(effect="content_type", on="download")
    answer = api.download(ready)
    assert answer.headers["content-type"] == "text/html"
    Image.open(io.BytesIO(answer.content)).load()


def test_pending_denies_a_result_that_is_there(api: Api, ready: dict[str, Any]) -> None:
    api.plant(effect="pending", times=1)
    denied, told = poll(api, ready).json(), poll(api, ready).json()
    assert (denied["status"], denied["result"], "cost" in denied) == ("Pending", None, False)
    assert told["status"] == "Ready"


def test_restated_is_the_right_body_under_a_wrong_code(api: Api, ready: dict[str, Any]) -> None:
    api.plant(effect="restated", retry_after=2)
    answer = poll(api, ready)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert (answer.json()["status"], answer.json()["cost"]) == ("Ready", 1.4)


def test_failed_says_so_with_422_and_the_body_of_a_poll(api: Api, ready: dict[str, Any]) -> None:
    api.plant(effect="failed")
    answer = poll(api, ready)
    assert (answer.status_code, answer.json()["status"]) == (422, "Error")
    assert answer.json()["details"] == {"error": "Invalid or corrupted image input"}


def test_not_found_denies_the_task(api: Api, ready: dict[str, Any]) -> None:
    api.plant(effect="not_found")
    answer = poll(api, ready)
    assert (answer.status_code, answer.json()["status"]) == (404, "Task not found")


def test_redirect_leads_to_the_answer_or_abroad(api: Api, ready: dict[str, Any]) -> None:
    api.plant(effect="redirect", times=1)
    followed = api.http.get(ready["polling_url"], follow_redirects=True)
    assert (len(followed.history), followed.json()["status"]) == (1, "Ready")
    api.plant(effect="redirect", host="poll.invalid", status=302)
    answer = poll(api, ready)
    assert (answer.status_code, httpx.URL(answer.headers["location"]).host) == (302, "poll.invalid")


def test_foreign_host_points_tickets_and_samples_elsewhere(api: Api, ready: dict[str, Any]) -> None:
    api.plant(effect="foreign_host", on="submit")
    api.plant(effect="foreign_host", on="poll", host="cdn.invalid")
    assert httpx.URL(submit(api).json()["polling_url"]).host == "elsewhere.invalid"
    assert httpx.URL(poll(api, ready).json()["result"]["sample"]).host == "cdn.invalid"


def test_expired_refuses_a_link_that_is_alive(api: Api, ready: dict[str, Any]) -> None:
    api.plant(effect="expired", times=1)
    assert [api.download(ready).status_code for _ in range(2)] == [403, 200]


def test_no_credits_empties_the_account_but_for_what_was_promised(api: Api) -> None:
    api.plant(effect="no_credits", after=2)
    assert [submit(api).status_code for _ in range(4)] == [200, 200, 402, 402]
    time.sleep(0.1)
    assert api.credits() == 0


def test_outage_takes_the_whole_api_down_for_a_while(api: Api, ready: dict[str, Any]) -> None:
    api.plant(effect="outage", on="submit", seconds=0.5)
    assert submit(api).status_code == 503
    assert poll(api, ready).status_code == 503
    assert api.http.get("/v1/credits").status_code == 503
    time.sleep(0.6)
    assert submit(api).status_code == 200


def test_drift_slows_new_tasks_down(api: Api) -> None:
    usual = api.wait(submit(api).json())["result"]["duration"]
    api.plant(effect="drift", factor=20)
    assert api.wait(submit(api).json())["result"]["duration"] > 5 * usual


def test_stuck_tasks_keep_their_slot_and_are_never_billed(own: Callable[..., Api]) -> None:
    api = own()
    api.plant(effect="stuck")
    ticket = submit(api).json()
    time.sleep(0.2)
    assert api.poll(ticket)["status"] == "Pending"
    assert (api.stats()["active"]["standard"], api.stats()["billed_credits"]) == (1, 0)
    (told,) = api.http.get("/_sim/tasks").json()["tasks"]
    assert told["finished_at"] is None


@pytest.mark.parametrize("condition", [{"word": "Dog"}, {"endpoint": "flux-dev"}])
def test_a_fault_strikes_only_what_fits(api: Api, condition: dict[str, str]) -> None:
    api.plant(effect="status", on="submit", **condition)
    assert submit(api).status_code == 200
    assert api.submit("flux-dev", prompt="two dogs").status_code == 503


def test_a_fault_finds_the_prompt_of_a_task_behind_polls_and_downloads(api: Api, ready: dict[str, Any]) -> None:
    api.plant(effect="status", on="poll", word="cat")
    api.plant(effect="status", on="download", word="dog")
    assert (poll(api, ready).status_code, api.download(ready).status_code) == (503, 200)


def test_a_fault_begins_after_some_calls_and_ends_after_some_strikes(api: Api) -> None:
    api.plant(effect="status", on="submit", after=1, times=2)
    assert [submit(api).status_code for _ in range(5)] == [200, 503, 503, 200, 200]


def test_probability_is_a_share_that_the_random_seed_repeats(own: Callable[..., Api]) -> None:
    stories = []
    for _ in range(2):
        api = own(random_seed=3)
        api.plant(effect="status", on="poll", probability=0.5)
        answers = [api.http.get("/v1/get_result", params={"id": "x"}).status_code for _ in range(40)]
        stories.append(answers)
    assert stories[0] == stories[1]
    assert 10 <= stories[0].count(503) <= 30


def test_faults_are_listed_with_their_strikes_and_cleared(api: Api) -> None:
    api.plant(effect="status", on="submit")
    submit(api)
    (listed,) = api.http.get("/_sim/faults").json()["faults"]
    assert (listed["fault"]["effect"], listed["met"], listed["struck"]) == ("status", 1, 1)
    api.http.delete("/_sim/faults")
    assert api.http.get("/_sim/faults").json() == {"faults": []}
    assert submit(api).status_code == 200


def test_several_faults_can_be_planted_at_once_and_the_first_that_strikes_wins(api: Api) -> None:
    faults = [{"effect": "status", "on": "submit", "status": code, "times": 1} for code in (500, 502)]
    assert api.http.post("/_sim/faults", json=faults).json() == {"added": 2}
    assert [submit(api).status_code for _ in range(3)] == [500, 502, 200]


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        ({"effect": "gremlins", "on": "submit"}, "does not match any of the expected tags"),
        ({"effect": "status", "on": "submit", "status": 200}, "greater than or equal to 400"),
        ({"effect": "expired", "on": "poll"}, "Input should be 'download'"),
        ({"effect": "status"}, "Field required"),
        ({"effect": "hang", "on": "poll", "colour": "red"}, "Extra inputs are not permitted"),
    ],
)
def test_a_fault_that_is_not_in_the_table_is_refused_in_one_line(
    api: Api, fault: dict[str, object], complaint: str
) -> None:
    answer = api.http.post("/_sim/faults", json=fault)
    assert answer.status_code == 422
    assert complaint in answer.json()["detail"]


def test_a_fault_that_is_no_json_is_refused(api: Api) -> None:
    assert api.http.post("/_sim/faults", content="{").status_code == 422


def test_a_file_of_faults_is_in_force_from_the_start(own: Callable[..., Api], tmp_path: Path) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text("faults:\n  - {effect: status, on: submit, status: 502, times: 1}\n")
    api = own(faults=path)
    assert [submit(api).status_code for _ in range(2)] == [502, 200]


@pytest.mark.parametrize("text", ["", "faults", "faults: 3", "fault: []", "faults: [{", "faults: [x]"])
def test_a_file_of_something_else_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text(text)
    with pytest.raises(BadFault) as caught:
        load_faults(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_the_reference_shows_every_fault_with_an_example(reference: str, tmp_path: Path) -> None:
    examples = [line for line in reference.splitlines() if line.startswith("- {effect: ")]
    path = tmp_path / "faults.yaml"
    path.write_text("faults:\n" + "\n".join(examples))
    shown = {fault.effect for fault in load_faults(path)}  # type: ignore[attr-defined]
    assert shown == effects_of(Fault)


def effects_of(kind: type[Fault]) -> set[str]:
    """The names of all faults below this class."""
    below = set[str]().union(*map(effects_of, kind.__subclasses__()))
    return below | set(kind.model_fields["effect"].annotation.__args__) if "effect" in kind.model_fields else below
