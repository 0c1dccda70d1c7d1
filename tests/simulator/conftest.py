"""A real simulator in a child process, and a client that says little."""

from __future__ import annotations

import base64
import io
import time
import uuid
import zipfile
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from PIL import Image

from simulator import running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator import Running

IN_FLIGHT = {"Pending", "Reasoning", "Generating"}
PATIENCE = 20
"""Seconds until a test that waits for a task gives up."""


class Api:
    """One client with a key of its own."""

    def __init__(self, url: str, key: str | None = None) -> None:
        self.url = url
        self.others: list[Api] = []
        headers = {"x-key": key or f"test-key-{uuid.uuid4()}"}
        self.http = httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=PATIENCE, verify=False)

    def close(self) -> None:
        for client in (self, *self.others):
            client.http.close()

    def another(self) -> Api:
        """The same company, asked with another key."""
        self.others.append(Api(self.url))
        return self.others[-1]

    def submit(self, endpoint: str, **body: Any) -> httpx.Response:
        return self.http.post(f"/v1/{endpoint}", json=body)

    def ticket(self, endpoint: str, **body: Any) -> dict[str, Any]:
        answer = self.submit(endpoint, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refusal(self, endpoint: str, **body: Any) -> tuple[int, Any]:
        """Status code and detail; a list of validation errors as `type at.place`."""
        answer = self.submit(endpoint, **body)
        detail = answer.json()["detail"]
        if isinstance(detail, list):
            detail = sorted(f"{one['type']} {'.'.join(map(str, one['loc']))}" for one in detail)
        return answer.status_code, detail

    def poll(self, ticket: dict[str, Any]) -> dict[str, Any]:
        return self.http.get(ticket["polling_url"]).json()

    def wait(self, ticket: dict[str, Any]) -> dict[str, Any]:
        """The first poll that is no longer in flight."""
        deadline = time.monotonic() + PATIENCE
        while (standing := self.poll(ticket))["status"] in IN_FLIGHT:
            assert time.monotonic() < deadline, standing
            time.sleep(0.01)
        return standing

    def make(self, endpoint: str, **body: Any) -> dict[str, Any]:
        """Submit and wait."""
        return self.wait(self.ticket(endpoint, **body))

    def download(self, standing: dict[str, Any]) -> httpx.Response:
        return self.http.get(standing["result"]["sample"])

    def image(self, endpoint: str, **body: Any) -> Image.Image:
        """The picture that comes of it, decoded."""
        image = Image.open(io.BytesIO(self.download(self.make(endpoint, **body)).content))
        image.load()
        return image

    def credits(self) -> float:
        return self.http.get("/v1/credits").json()["credits"]

    def stats(self) -> dict[str, Any]:
        return self.http.get("/_sim/stats").json()

    def plant(self, **fault: Any) -> None:
        """Put a fault in force."""
        answer = self.http.post("/_sim/faults", json=fault)
        assert answer.status_code == 200, answer.text


@pytest.fixture(scope="session")
def company() -> Iterator[str]:
    """The URL of a simulator that many tests share; time runs 500 times as fast."""
    with running(speed=500) as simulator:
        yield simulator.url


@pytest.fixture(scope="session")
def swift() -> Iterator[Api]:
    """A company in which every task is over at once and nobody is poor."""
    with running(speed=10_000_000, credits=100_000_000) as simulator, closing(Api(simulator.url)) as client:
        yield client


@pytest.fixture
def api(company: str) -> Iterator[Api]:
    """A new key at the shared company."""
    with closing(Api(company)) as client:
        yield client


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What is entered here is left when the test ends."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def start(stack: ExitStack) -> Callable[..., Running]:
    """Starts a simulator of the test's own, with these options."""
    return lambda **options: stack.enter_context(running(**options))


@pytest.fixture
def visit(stack: ExitStack) -> Callable[..., Api]:
    """A client of the simulator at this URL, with a key of its own unless one is given."""
    return lambda url, key=None: stack.enter_context(closing(Api(url, key)))


@pytest.fixture
def own(start: Callable[..., Running], visit: Callable[..., Api]) -> Callable[..., Api]:
    """A client of a simulator of the test's own."""
    return lambda **options: visit(start(**{"speed": 500} | options).url)


@pytest.fixture(scope="session")
def picture() -> Callable[..., str]:
    """A plain image in base64."""

    def encoded(width: int = 256, height: int = 256, kind: str = "PNG") -> str:
        file = io.BytesIO()
        Image.new("RGB", (width, height), (20, 90, 160)).save(file, kind)
        return base64.b64encode(file.getvalue()).decode()

    return encoded


@pytest.fixture(scope="session")
def training(picture: Callable[..., str]) -> dict[str, str]:
    """The body of a finetune: one image and its caption."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("cat.png", base64.b64decode(picture()))
        archive.writestr("cat.txt", "a cat")
    data = base64.b64encode(file.getvalue()).decode()
    return {"file_data": data, "finetune_comment": "cats", "mode": "general"}


@pytest.fixture(scope="session")
def reference() -> str:
    """The page that documents the simulator."""
    return (Path(__file__).parents[2] / "docs/reference/simulator.md").read_text(encoding="utf-8")
