"""Makes the pictures of the web page in docs/images, of a night on the simulator and the costs of three others.

    pip install playwright && playwright install chromium
    PYTHONPATH=. python docs/web_screenshots.py        # or with the path of another Chromium behind it

One batch is done, one rests for its budget, one goes on. It starts commands as a person does, in a folder of its own,
and leaves nothing but the pictures.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

import simulator
from batches.store.ledger import Ledger
from bench.big_ledger import fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser, Page, ViewportSize

IMAGES = Path(__file__).parent / "images"
WIDTH, HEIGHT = 1180, 1080
JOBS = 30_000
"""Of the three nights."""

LOADING = 2_000
"""Milliseconds, in which pictures come that are seen."""

SECONDS = 110
"""After which the last batch is looked at."""

PROMPTS = (
    "A red fox trotting through fresh snow, low winter sun",
    "An owl reading a newspaper in an armchair, oil painting",
    "A lighthouse in a storm, long exposure",
    "A bowl of figs on a linen cloth, morning light",
    "A heron at the edge of a pond, ink wash",
    "A tram climbing a hill in Lisbon, watercolour",
    "A mountain hut under the milky way",
    "A paper boat on a rainy street",
)
AWKWARD = (
    {"prompt": "A forbidden valley at dusk", "seeds": list(range(9))},
    {"prompt": "A crash-test in slow motion, photograph", "seeds": list(range(4))},
)
"""The simulator moderates the one, and fails at the other."""


WRITTEN = """\
version: 1
name: winter-covers
models: [flux-2-pro, flux-2-klein-4b, flux-kontext-pro]
labels: {project: covers, season: winter}
seeds: [1, 2, 3, 4]

policy:
  budget: {credits: 400}
  deadline: 07:00
  time_zone: Europe/Berlin

prompt: "{subject}, {light}, editorial illustration"
vars: {light: low winter sun}

prompts:
  - vars: {subject: a red fox trotting through fresh snow}
  - vars: {subject: a heron at the edge of a frozen pond}
  - vars: {subject: a tram climbing a hill}
    params: {safety_tolerance: 2}
"""


BUDGETS = """
[[budgets]]
name = "campaign"
per = "ever"
credits = 100000
label = {style = "photo"}

[[budgets]]
name = "studio"
per = "ever"
credits = 90000
"""


def main() -> None:
    """Every page, by day and by night."""
    chromium = sys.argv[1] if len(sys.argv) > 1 else None
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, simulator.running(speed=4) as company:
        folder = Path(name)
        os.environ |= {"FLUXBATCH_API_URL": company.url, "BFL_API_KEY": "a-good-key", "FLUXBATCH_ACCOUNT": "studio"}
        _run(folder, "spring-postcards", seeds=5, credits_=400).wait()
        _run(folder, "book-covers", seeds=20, credits_=180).wait()
        with _served(folder) as url, sync_playwright() as playwright:
            last = _run(folder, "autumn-catalogue", seeds=120, credits_=6000, prompts=(*AWKWARD, *PROMPTS))
            try:
                time.sleep(SECONDS)
                browser = playwright.chromium.launch(executable_path=chromium)
                for scheme in ("light", "dark"):
                    _look(browser, url, scheme)
            finally:
                last.terminate()
                last.wait()
            _look_at_costs(browser, folder / "three-nights")
            browser.close()


def _look(browser: Browser, url: str, scheme: str) -> None:
    tab = _tab(browser, url, scheme)
    tab.goto("/")
    tab.screenshot(path=IMAGES / f"web-overview-{scheme}.png")
    tab.get_by_role("link", name="autumn-catalogue", exact=True).click()
    tab.get_by_role("img", name="credits spent").wait_for()
    tab.screenshot(path=IMAGES / f"web-batch-{scheme}.png")
    tab.get_by_role("link", name="Gallery").click()
    tab.get_by_label("Order").select_option("newest")
    tab.wait_for_timeout(LOADING)
    tab.screenshot(path=IMAGES / f"web-gallery-{scheme}.png")
    tab.goto("/new")
    tab.get_by_label("Manifest", exact=True).fill(WRITTEN)
    tab.get_by_role("cell", name="flux-kontext-pro").wait_for()
    tab.screenshot(path=IMAGES / f"web-new-{scheme}.png")
    tab.close()


def _look_at_costs(browser: Browser, folder: Path) -> None:
    (folder / ".fluxbatch").mkdir(parents=True)
    (folder / "fluxbatch.toml").write_text(BUDGETS)
    with Ledger(f"sqlite:///{folder}/.fluxbatch/ledger.db") as ledger:
        list(fill(ledger, JOBS))
    with _served(folder) as url:
        for scheme in ("light", "dark"):
            tab = _tab(browser, url, scheme, height=1_900)
            tab.goto("/costs?since=&by=model")
            tab.get_by_role("img", name="Cost by model").wait_for()
            tab.screenshot(path=IMAGES / f"web-costs-{scheme}.png")
            tab.close()


def _tab(browser: Browser, url: str, scheme: str, *, height: int = HEIGHT) -> Page:
    size: ViewportSize = {"width": WIDTH, "height": height}
    return browser.new_page(base_url=url, viewport=size, color_scheme="dark" if scheme == "dark" else "light")


def _run(
    folder: Path, name: str, *, seeds: int, credits_: int, prompts: Sequence[object] = PROMPTS
) -> subprocess.Popen[bytes]:
    """Somebody runs a batch."""
    manifest = {
        "version": 1,
        "name": name,
        "models": ["flux-dev", "flux-2-pro"],
        "labels": {"project": name},
        "params": {"width": 256, "height": 256},
        "policy": {"budget": {"credits": credits_}},
        "seeds": list(range(1, seeds + 1)),
        "prompts": list(prompts),
    }
    file = folder / f"{name}.yaml"
    file.write_text(json.dumps(manifest))  # which is YAML, too
    return _command(folder, "run", str(file), "--yes")


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    page = _command(folder, "serve", "--port", "0")
    assert page.stderr is not None
    words = page.stderr.readline().decode().split()
    try:
        yield next(word for word in words if word.startswith("http"))
    finally:
        page.terminate()
        page.wait()


def _command(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    errors = subprocess.PIPE if "serve" in words else subprocess.DEVNULL
    return subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, "-m", "console", *words], cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=errors
    )


if __name__ == "__main__":
    main()
