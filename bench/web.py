"""What the web page takes at one million jobs and 200 batches: `./run bench web`.

Milliseconds that the server works for a page (CPU time of the quickest of five), the bytes of a page with all that it
loads, how long a change takes to be seen, and which part of a core 50 open pages cost while jobs are finished.
Overview and batch shall take 150 ms, a change a second, a page 300 kB, and 50 pages 15 % of a core.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from big_ledger import JOBS, fill
from sqlalchemy import insert, select, update

from batches.store.images.memory import MemoryStore
from batches.store.ledger import Ledger
from batches.store.ledger.schema import batches, quarters
from console.web.access import Access
from console.web.app import make_app
from console.web.live import Hub
from console.web.serving import Server, bound
from console.web.site import Site
from workers.budgets import Budgets
from workers.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

BATCHES = 200
PAGES = 50
TIMES = 5
WATCHED_SECONDS = 10.0
CHANGES_A_SECOND = 20
STATIC = ("page.css", "page.js", "live.js", "acts.js", "theme.js", "icons.svg", "icon.svg")


def main() -> None:
    """Measure and print one JSON document."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else JOBS
    with tempfile.TemporaryDirectory() as folder, Ledger(f"sqlite:///{Path(folder) / 'ledger.db'}") as ledger:
        newest = fill(ledger, count)[-1]
        _add_batches(ledger, newest)
        with ledger.write() as tx:
            tx.execute(update(batches).where(batches.c.id == newest).values(ended_at=None))
        access = Access(token=None, names=frozenset({"127.0.0.1"}), secure=False)
        settings = Settings(home=Path(folder))
        site = Site(
            settings=settings,
            ledger=ledger,
            images=MemoryStore(),
            access=access,
            budgets=Budgets(settings),
            hub=Hub(),
        )
        with _served(site) as url:
            told = {"jobs": count, "batches": BATCHES, "pages": _pages(url, newest), "live": _live(url, ledger, newest)}
    json.dump(told, sys.stdout, indent=2)
    sys.stdout.write("\n")


def _add_batches(ledger: Ledger, like: str) -> None:
    """Batches with sums of their own, as large as a night's, until there are enough."""
    with ledger.write() as tx:
        batch = dict(tx.execute(select(batches).where(batches.c.id == like)).mappings().one())
        sums = [dict(row) for row in tx.execute(select(quarters).where(quarters.c.batch_id == like)).mappings()][:500]
        for number in range(BATCHES - 3):
            name = f"{like}-{number}"
            tx.execute(insert(batches).values({**batch, "id": name, "fingerprint": name}))
            tx.execute(insert(quarters), [{**row, "batch_id": name} for row in sums])


@contextmanager
def _served(site: Site) -> Iterator[str]:
    up = threading.Event()
    with bound("127.0.0.1", 0) as held:
        server = Server(make_app(site), site.hub, up.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [held]})
        thread.start()
        up.wait()
        yield f"http://127.0.0.1:{held.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def _pages(url: str, batch: str) -> dict[str, dict[str, float]]:
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        static = sum(len(client.get(f"/static/{name}").content) for name in STATIC)
        paths = {
            "overview": "/",
            "batch": f"/batches/{batch}",
            "jobs": f"/batches/{batch}/jobs",
            "failed jobs": f"/batches/{batch}/jobs?state=failed",
        }
        return {name: _page(client, path, static) for name, path in paths.items()}


def _page(client: httpx.Client, path: str, static: int) -> dict[str, float]:
    took = []
    for _ in range(TIMES):
        begun = time.process_time()
        size = len(client.get(path).content)
        took.append(time.process_time() - begun)  # ours is in it: about a millisecond
    return {"ms": round(1000 * min(took), 1), "kilobytes": round((static + size) / 1000, 1)}


def _live(url: str, ledger: Ledger, batch: str) -> dict[str, float]:
    """Half of the pages show the overview and half the batch. What it costs without them is taken off."""
    with httpx.Client(base_url=url, trust_env=False, timeout=60, limits=httpx.Limits(max_connections=None)) as client:
        idle = _changing(ledger, batch)
        paths = [f"/live/{'overview' if number % 2 else f'batches/{batch}'}" for number in range(PAGES)]
        listeners = [threading.Thread(target=_listen, args=(client, path), daemon=True) for path in paths]
        for listener in listeners:
            listener.start()
        time.sleep(2.0)
        busy = _changing(ledger, batch)
        seen = _seen(client, ledger, batch)
    return {"percent_of_a_core": round(100 * (busy - idle) / WATCHED_SECONDS, 1), "seen_after_seconds": seen}


def _listen(client: httpx.Client, path: str) -> None:
    try:
        with client.stream("GET", path) as page:
            for _ in page.iter_bytes():
                pass
    except httpx.HTTPError:
        return  # the server has ended


def _changing(ledger: Ledger, batch: str) -> float:
    """Seconds of CPU while the batch changes many times a second."""
    begun, until = time.process_time(), time.monotonic() + WATCHED_SECONDS
    while time.monotonic() < until:
        _pay(ledger, batch)
        time.sleep(1 / CHANGES_A_SECOND)
    return time.process_time() - begun


def _pay(ledger: Ledger, batch: str) -> None:
    with ledger.write(flush=False) as tx:
        its = select(quarters.c.quarter, quarters.c.labels).where(quarters.c.batch_id == batch).limit(1)
        quarter, labels = tx.execute(its).one()
        of = (quarters.c.batch_id == batch, quarters.c.quarter == quarter, quarters.c.labels == labels)
        tx.execute(update(quarters).where(*of).values(settled=quarters.c.settled + 1_000_000))


def _seen(client: httpx.Client, ledger: Ledger, batch: str) -> float:
    """From the commit of a change to its arrival."""
    with client.stream("GET", f"/live/batches/{batch}") as page:
        lines = (line for line in page.iter_lines() if line.startswith("data:"))
        next(lines)
        begun = time.monotonic()
        _pay(ledger, batch)
        next(lines)
        return round(time.monotonic() - begun, 2)


if __name__ == "__main__":
    main()
