"""Makes the pictures of the contact sheet in docs/images, of a batch on the simulator.

    pip install playwright && playwright install chromium
    PYTHONPATH=. python docs/sheet_screenshots.py      # or with the path of another Chromium behind it

It runs and exports a batch as a person does, in a folder of its own, and leaves nothing but the pictures.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser

IMAGES = Path(__file__).parent / "images"
WIDTH, HEIGHT = 1180, 940
LOADING = 1_000
"""Milliseconds, in which pictures come that are seen."""

MANIFEST = """
version: 1
name: autumn
models: [flux-2-pro, flux-dev]
seeds: [1, 2]
params: {width: 1024, height: 768}
prompts:
  - {id: fox, prompt: "A red fox trotting through fresh snow, low winter sun", labels: {subject: animal}}
  - id: tower
    prompt: "A water tower in the style of a 1930s travel poster, bold flat colours"
    params: {width: 768, height: 1024}
    labels: {subject: building}
  - {id: owl, prompt: "An owl reading a newspaper in an armchair, oil painting", labels: {subject: animal}}
  - {id: boat, prompt: "A paper boat on a rainy street", params: {width: 1024, height: 1024}, labels: {subject: thing}}
  - {id: figs, prompt: "A bowl of figs on a linen cloth, morning light", labels: {subject: thing}}
"""


def main() -> None:
    """By day all pictures, by night two models side by side."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        (folder / "autumn.yaml").write_text(MANIFEST)
        _command(folder, "run", "autumn.yaml", "--simulate", "--yes")
        _command(folder, "export", "autumn", "--format", "sheet", "--to", "sheet")
        address = (folder / "sheet" / "index.html").as_uri()
        browser = playwright.chromium.launch(executable_path=sys.argv[1] if len(sys.argv) > 1 else None)
        _look(browser, address, "light")
        _look(browser, f"{address}#beside=model", "dark")
        browser.close()


def _look(browser: Browser, address: str, scheme: str) -> None:
    tab = browser.new_page(
        viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="dark" if scheme == "dark" else "light"
    )
    tab.goto(address)
    tab.wait_for_timeout(LOADING)
    tab.screenshot(path=IMAGES / f"sheet-{scheme}.png")


def _command(folder: Path, *words: str) -> None:
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    subprocess.run([sys.executable, "-m", "console", *words], cwd=folder, env=env, check=True)  # noqa: S603  # our own


if __name__ == "__main__":
    main()
