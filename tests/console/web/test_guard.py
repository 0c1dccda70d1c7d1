"""The door: who comes in, and what every answer carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from console.web.access import Access
from console.web.app import make_app
from console.web.guard import COOKIE, HEADERS, MOST_BYTES, PROOF
from tests.console.web.conftest import NAMES, TOKEN

if TYPE_CHECKING:
    from console.web.site import Site
    from tests.batches.store.ledger.world import World

PAUSE = "/api/v1/batches/{}/pause"


@pytest.fixture
def stranger(site: Site) -> TestClient:
    """Somebody who sends nothing but what a test says."""
    return TestClient(make_app(site), base_url="http://127.0.0.1:8600")


@pytest.fixture
def guarded(request: pytest.FixtureRequest) -> Access:
    return Access(token=TOKEN, names=NAMES, secure=getattr(request, "param", False))


@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/login", "/static/page.css", "/batches/none", "/api/v1/batches/x/retry"]
)
def test_every_answer_has_its_security_headers(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path, follow_redirects=False)
    assert HEADERS.items() <= {name: answer.headers.get(name) for name in HEADERS}.items()
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_a_page_by_another_name_is_not_served(stranger: TestClient) -> None:
    """What DNS rebinding would need."""
    answer = stranger.get("/", headers={"Host": "evil.example"})
    assert (answer.status_code, "evil.example" in answer.text) == (403, True)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Origin": "http://127.0.0.1:8600"}, 403),  # a form of any page could send that much to us
        ({PROOF: "1"}, 200),  # a program
        ({PROOF: "1", "Origin": "http://127.0.0.1:8600"}, 200),  # our own page
        ({PROOF: "1", "Origin": "http://evil.example"}, 403),
        ({PROOF: "1", "Origin": "http://127.0.0.1:9999"}, 403),  # another server on this machine
        ({PROOF: "1", "Origin": "null"}, 403),
    ],
)
def test_only_a_page_of_ours_or_a_program_changes_anything(
    stranger: TestClient, world: World, headers: dict[str, str], status: int
) -> None:
    batch_id = world.submit(2)
    assert stranger.post(PAUSE.format(batch_id), headers=headers).status_code == status
    assert (world.standing(batch_id).batch.paused == "person") is (status == 200)


def test_without_the_token_there_is_nothing_to_see(site: Site, guarded: Access, world: World) -> None:
    batch_id = world.submit()
    stranger = TestClient(make_app(with_access(site, guarded)), base_url="http://127.0.0.1:8600")
    page = stranger.get(f"/batches/{batch_id}", headers={"Accept": "text/html"})
    program = stranger.get(f"/batches/{batch_id}")
    assert (page.status_code, "<h1>Sign in</h1>" in page.text) == (401, True)
    assert batch_id not in page.text + program.text
    assert (program.status_code, program.headers["www-authenticate"]) == (401, "Bearer")
    assert stranger.get("/static/page.css").status_code == 200
    assert stranger.post(PAUSE.format(batch_id), headers={PROOF: "1"}).status_code == 401


def test_a_bearer_needs_no_other_proof(site: Site, guarded: Access, world: World) -> None:
    program = TestClient(make_app(with_access(site, guarded)), base_url="http://127.0.0.1:8600")
    answer = program.post(PAUSE.format(world.submit()), headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert program.get("/", headers={"Authorization": f"Bearer {TOKEN}x"}).status_code == 401


@pytest.mark.parametrize("guarded", [False, True], indirect=True, ids=["http", "https"])
def test_a_token_is_changed_for_a_session(site: Site, guarded: Access) -> None:
    person = TestClient(make_app(with_access(site, guarded)), base_url="http://127.0.0.1:8600", headers={PROOF: "page"})
    assert person.post("/login", json={"token": "a-wrong-one-of-length"}).status_code == 403
    answer = person.post("/login", json={"token": TOKEN})
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"{COOKIE}=")
    assert {"httponly", "samesite=strict"} <= set(cookie.split("; "))
    assert ("; secure" in cookie) is guarded.secure
    assert TOKEN not in cookie
    if not guarded.secure:
        assert person.get("/").status_code == 200
        assert "Sign out" in person.get("/login").text
        person.post("/logout")
        assert person.get("/").status_code == 401


def test_guessing_is_slow(site: Site, guarded: Access) -> None:
    guesser = TestClient(
        make_app(with_access(site, guarded)), base_url="http://127.0.0.1:8600", headers={PROOF: "page"}
    )
    answers = [guesser.post("/login", json={"token": f"guess {number}"}).status_code for number in range(6)]
    assert answers == [403] * 5 + [429]
    assert guesser.post("/login", json={"token": TOKEN}).status_code == 429


def test_a_token_that_was_sent_in_a_wrong_way_is_not_said_back(site: Site, guarded: Access) -> None:
    person = TestClient(make_app(with_access(site, guarded)), base_url="http://127.0.0.1:8600", headers={PROOF: "page"})
    answer = person.post("/login", json={"token": [TOKEN]})
    assert (answer.status_code, TOKEN in answer.text) == (422, False)


def test_too_much_at_once_is_refused(stranger: TestClient) -> None:
    def endless() -> object:
        for _ in range(MOST_BYTES // 1_000_000 + 1):
            yield b" " * 1_000_000

    told = stranger.post("/login", headers={PROOF: "1"}, content=b" " * (MOST_BYTES + 1))
    untold = stranger.post("/login", headers={PROOF: "1", "Content-Type": "application/json"}, content=endless())
    assert (told.status_code, untold.status_code) == (413, 413)


def test_a_mistake_of_ours_is_told_without_its_details(site: Site, world: World) -> None:
    app = make_app(site)
    visitor = TestClient(app, base_url="http://127.0.0.1:8600", raise_server_exceptions=False)
    world.submit()
    world.do(lambda tx: tx.exec_driver_sql("UPDATE batches SET policy = '[\"a secret\"]'"))
    answer = visitor.get("/", headers={"Accept": "text/html"})
    assert (answer.status_code, "made a mistake" in answer.text, "secret" in answer.text) == (500, True, False)
    assert answer.headers["content-security-policy"]


def with_access(site: Site, access: Access) -> Site:
    from dataclasses import replace

    return replace(site, access=access)
