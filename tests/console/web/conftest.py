"""A ledger, the page over it, and a browser that looks at it: all real."""

from __future__ import annotations

import shutil
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from batches.store.images.memory import MemoryStore
from batches.store.ledger import Ledger
from console.web.access import Access
from console.web.app import make_app
from console.web.guard import PROOF
from console.web.live import Hub
from console.web.serving import Server, bound
from console.web.site import Site
from console.web.thumbnails import Thumbnails
from tests.batches.store.ledger.world import World
from tests.workers.conftest import broker_url, redis  # noqa: F401  # fixtures
from workers.budgets import Budgets
from workers.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
]
NAMES = frozenset({"localhost", "127.0.0.1", "batches.example"})
TOKEN = "a-token-of-some-length"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The ledger of the folder in which the page is served, at this moment."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "LEDGER_URL", "BROKER_URL", "ACCOUNT", "API_URL", "CONFIG", "WEB_TOKEN"):
        monkeypatch.delenv(f"FLUXBATCH_{name}", raising=False)
    with Ledger(f"sqlite:///{Path('.fluxbatch/ledger.db').absolute()}") as ledger:
        yield World(ledger, now=time.time())


@pytest.fixture
def images() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def access() -> Access:
    """Whoever reaches this machine may look, unless a test says otherwise."""
    return Access(token=None, names=NAMES, secure=False)


@pytest.fixture
def site(world: World, images: MemoryStore, access: Access) -> Site:
    settings = Settings.load()
    return Site(
        settings=settings,
        ledger=world.ledger,
        images=images,
        access=access,
        budgets=Budgets(settings),
        hub=Hub(),
        thumbnails=Thumbnails(images, settings.home),
    )


@pytest.fixture
def client(site: Site) -> TestClient:
    """A page of ours: it shows the proof with whatever it asks."""
    return TestClient(make_app(site), base_url="http://127.0.0.1:8600", headers={PROOF: "page", "Accept": "text/html"})


@contextmanager
def served(site: Site) -> Iterator[str]:
    """The page on a port of its own; gives its address."""
    up = threading.Event()
    with bound("127.0.0.1", 0) as held:
        server = Server(make_app(site), site.hub, up.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [held]})
        thread.start()
        try:
            assert up.wait(10)
            yield f"http://127.0.0.1:{held.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
            assert not thread.is_alive()


@pytest.fixture
def url(site: Site) -> Iterator[str]:
    with served(site) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all tests of a file: while it is open, an event loop runs, and tests elsewhere want to run their own."""
    if CHROMIUM is None:
        pytest.skip("There is no Chromium on this machine: apt-get install chromium.")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    """A new window. Whatever the page complains about in the console fails the test, but for input that is refused."""
    context = browser.new_context(base_url=url, viewport={"width": 1180, "height": 900})
    context.set_default_timeout(10_000)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert [said for said in complaints if "status of 422" not in said] == []
