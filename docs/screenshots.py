"""Makes the pictures of the report in docs/images, from three nights that never were.

    pip install playwright && playwright install chromium
    PYTHONPATH=. python docs/screenshots.py            # or with the path of another Chromium behind it

It writes a page as `fluxbatch report` does, looks at it in a browser, by day and by night, and leaves nothing else.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from batches.models import LANE_SLOTS
from batches.reports import Question, cost_report
from batches.reports.page import Bounds, as_html, facts_of
from batches.store.ledger import Ledger, standing
from bench.big_ledger import ACCOUNT, fill

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BOUNDS = Bounds(slots={ACCOUNT: LANE_SLOTS})

IMAGES = Path(__file__).parent / "images"
JOBS = 30_000
WIDTH, HEIGHT = 1180, 1240


def page() -> str:
    """The report of the first of three batches."""
    with tempfile.TemporaryDirectory() as folder, Ledger(f"sqlite:///{folder}/ledger.db") as ledger:
        list(fill(ledger, JOBS))
        with ledger.read() as tx:
            batch = standing.list_batches(tx)[-1]
            now = batch.ended_at or batch.created_at
            facts = facts_of(
                tx, Question(batches=frozenset({batch.id})), cost_report(tx, batch), bounds=BOUNDS, now=now
            )
        return as_html(facts, now=now)


def look(browser: Browser, text: str, scheme: str) -> None:
    """One picture of the top of the page."""
    tab = browser.new_page(
        viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="dark" if scheme == "dark" else "light"
    )
    tab.set_content(text)
    tab.screenshot(path=IMAGES / f"report-{scheme}.png")


def main() -> None:
    """Both pictures."""
    chromium = sys.argv[1] if len(sys.argv) > 1 else None
    IMAGES.mkdir(exist_ok=True)
    text = page()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        for scheme in ("light", "dark"):
            look(browser, text, scheme)
        browser.close()


if __name__ == "__main__":
    main()
