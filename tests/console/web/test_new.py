"""New batch: what is written is planned, priced and submitted, and reaches no file of the server."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from batches.store.ledger import standing
from batches.store.ledger.histories import history_of
from console.actions import uploads
from console.actions.uploads import DRAFT_SECONDS, MOST_FILES, UploadRefused, Uploads
from console.web import turns
from console.web.refusals import Refused
from console.web.turns import Turns
from tests.pictures import picture

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.batches.store.ledger.world import World

PAGE = "a-page-of-ours"
TEXT = "version: 1\nname: on-the-page\nmodel: flux-2-pro\nprompts: [a fox, an owl]\n"


def send(client: TestClient, path: str, text: str, **more: object) -> Any:
    """What the page sends, and what it is told."""
    asked = {"page": PAGE, "manifest": text, **more}
    return client.post(path, json=asked, headers={"Accept": "application/json"}).json()


def add(client: TestClient, name: str, data: bytes) -> dict[str, str]:
    """Drop a file."""
    headers = {"Content-Type": "application/octet-stream"}
    told = client.post("/new/files", params={"name": name}, content=data, headers=headers).json()
    return {told["name"]: told["sha256"]}


def test_the_page_begins_with_a_manifest_that_can_be_planned(client: TestClient) -> None:
    assert "name: my-batch" in client.get("/new").text


def test_what_is_wrong_is_told_by_line_with_the_cure(client: TestClient) -> None:
    told = send(client, "/new/plan", TEXT.replace("model:", "modle:"))
    assert [(one["file"], one["line"], one["column"], one["hint"]) for one in told["problems"]] == [
        ("", 3, 1, 'did you mean "model"?')
    ]


def test_what_it_comes_to_is_told(client: TestClient) -> None:
    told = send(client, "/new/plan", TEXT)
    assert told["problems"] == []
    assert "<b>2</b> images for" in told["html"]
    assert told["price"] == "about 6 credits ($0.06)"


def test_what_was_agreed_to_is_submitted(client: TestClient, world: World) -> None:
    bill = send(client, "/new/plan", TEXT)["bill"]
    told = send(client, "/new/submit", TEXT, bill=bill)
    assert told["message"] == "on-the-page is submitted."
    assert world.standing(told["id"]).total == 2
    again = send(client, "/new/plan", TEXT)
    assert "has all of it" in again["html"]
    assert again["price"] == "nothing"


def test_another_bill_is_not_submitted(client: TestClient, world: World) -> None:
    bill = send(client, "/new/plan", TEXT)["bill"]
    told = send(client, "/new/submit", TEXT.replace("an owl", "an owl, a cat"), bill=bill)
    assert told["error"] == {
        "message": "The bill is another one by now.",
        "cure": "Look at it again, and then submit.",
        "code": "conflict",
    }
    with world.ledger.read() as tx:
        assert standing.list_batches(tx) == []


def test_what_is_not_submitted_is_not_kept(client: TestClient) -> None:
    files = add(client, "rows.csv", b"prompt\na fox\n")
    text = "version: 1\nname: rows\nmodel: flux-2-pro\nprompts:\n  - from: rows.csv\n"
    assert send(client, "/new/submit", text, files=files, bill="another")["error"]["message"].startswith("The bill")
    told = send(client, "/new/submit", "version: [", files=files, bill="none")["error"]
    assert (told["message"], told["cure"]) == ("There is something to mend.", "It is told beside the manifest.")
    assert not Path(".fluxbatch/uploads/kept").exists()


def test_the_simulator_makes_it_for_nobodys_money(client: TestClient, world: World) -> None:
    bill = send(client, "/new/plan", TEXT, simulate=True)["bill"]
    told = send(client, "/new/submit", TEXT, simulate=True, bill=bill)
    assert world.standing(told["id"]).batch.accounts == ("simulator",)


def test_prompts_come_from_files_that_were_added(client: TestClient) -> None:
    text = "version: 1\nname: rows\nmodel: flux-2-pro\nprompts:\n  - from: rows.csv\n"
    files = add(client, "rows.csv", b"prompt\na fox\nan owl\na cat\n")
    assert "<b>3</b> images for" in send(client, "/new/plan", text, files=files)["html"]
    files = add(client, "rows.csv", b"prompt,modle\na fox,x\n,flux-dev\n")
    [problem, *_] = send(client, "/new/plan", text, files=files)["problems"]
    assert (problem["file"], problem["line"]) == ("rows.csv", 3)


@pytest.mark.parametrize("name", ["/etc/passwd", "../ledger.db", "../../**/*.csv", "missing.csv"])
def test_no_file_of_the_server_is_read_or_told_of(client: TestClient, name: str) -> None:
    told = send(client, "/new/plan", f"version: 1\nname: x\nmodel: flux-2-pro\nprompts:\n  - from: {name!r}\n")
    assert len(told["problems"]) == 1
    assert str(Path.cwd()) not in json.dumps(told)


def test_pictures_that_came_with_it_outlive_the_draft(client: TestClient, world: World, tmp_path: Path) -> None:
    data = picture(tmp_path / "cat.png", 128, 128).read_bytes()
    files = add(client, "cat.png", data)
    text = "version: 1\nname: cats\nmodel: flux-2-pro\nparams: {input_image: cat.png}\nprompts: [a hat]\n"
    told = send(client, "/new/plan", text, files=files)
    told = send(client, "/new/submit", text, files=files, bill=told["bill"])
    Uploads(Path(".fluxbatch")).keep("later.txt", b"x", world.now + 2 * DRAFT_SECONDS)  # which tidies up
    with world.ledger.read() as tx:
        found = history_of(tx, told["id"], 1)
    assert found
    kept = found.job["params"]["input_image"]
    assert Path(kept["file"]).read_bytes() == data
    reopened = client.get("/new", params={"batch": told["id"], "job": 1}).text
    assert "input_image: cat.png" in reopened
    assert files["cat.png"] in reopened


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".hidden.csv",
        "a/b.csv",
        "a\\b.csv",
        "..csv/../x.csv",
        "x" * 121 + ".csv",
        "run.sh",
        "rows.csv.gz",
        "a\n.csv",
    ],
)
def test_a_name_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UploadRefused):
        Uploads(tmp_path).keep(name, b"x", 0)
    with pytest.raises(UploadRefused):
        Uploads(tmp_path).draft({name: "0" * 64})
    with pytest.raises(UploadRefused):
        Uploads(tmp_path).draft({"a.csv": "../../ledger.db"})
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_uploads_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Uploads(tmp_path)
    with pytest.raises(UploadRefused, match="More than 200 files"):
        kept.draft({f"{number}.txt": "0" * 64 for number in range(MOST_FILES + 1)})
    with pytest.raises(UploadRefused, match="came here more than a day ago"):
        kept.draft({"a.txt": "0" * 64})
    monkeypatch.setattr(uploads, "MOST_WAITING", 3)
    kept.keep("a.txt", b"ab", 0)
    with pytest.raises(UploadRefused, match="wait to be submitted"):
        kept.keep("b.txt", b"cd", 0)


def test_too_many_images_are_for_the_command_line(client: TestClient) -> None:
    told = send(client, "/new/plan", TEXT.replace("an owl", "{prompt: an owl, repeat: 1000000}"))
    assert told["error"]["message"] == "This asks for more than 100,000 images, the most of a page."
    assert "fluxbatch submit" in told["error"]["cure"]


def test_who_asks_anew_gives_up_what_was_asked_before() -> None:
    asked, ended = Turns(), threading.Event()
    begun = threading.Event()

    def plan() -> None:
        with suppress(Refused), asked.turn(PAGE) as heed:
            begun.set()
            while True:
                heed(1)
        ended.set()

    threading.Thread(target=plan, daemon=True).start()
    assert begun.wait(5)
    with asked.turn(PAGE) as heed:
        assert ended.wait(5)
        heed(1)


def test_nobody_plans_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MOST_SECONDS", -1.0)
    with pytest.raises(Refused, match="takes longer"), Turns().turn(PAGE):
        pass
