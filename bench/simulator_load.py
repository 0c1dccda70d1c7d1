"""How many submissions and polls per second the simulator serves on one core: `./run bench simulator_load`.

The server is pinned to the first processor and the clients to the last. Each client sends four polls for every
submission over one connection that stays open. 500 submissions and 2,000 polls a second are asked of it.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import threading
import time
from collections import Counter

import simulator

CLIENTS = 8
SECONDS = 10.0
POLLS_PER_SUBMISSION = 4


def main() -> None:
    """Measure and print one JSON document."""
    # So fast that a task ends at once: the 24 slots shall not be what is measured.
    with simulator.running(speed=100_000, credits=1e9) as server:
        first, last = min(os.sched_getaffinity(0)), max(os.sched_getaffinity(0))
        os.sched_setaffinity(server.process.pid, {first})
        os.sched_setaffinity(0, {last})
        address = server.url.removeprefix("http://")
        counts: Counter[str] = Counter()
        began = time.perf_counter()
        clients = [threading.Thread(target=_client, args=(address, number, counts)) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        seconds = time.perf_counter() - began
    result = {kind: round(count / seconds) for kind, count in sorted(counts.items())}
    json.dump({"per_second": result, "seconds": round(seconds, 1), "processors": os.cpu_count()}, sys.stdout, indent=2)
    sys.stdout.write("\n")


def _client(address: str, number: int, counts: Counter[str]) -> None:
    connection = http.client.HTTPConnection(address)
    deadline = time.perf_counter() + SECONDS
    done: Counter[str] = Counter()
    while time.perf_counter() < deadline:
        body = json.dumps({"prompt": f"scene {number} {done['submissions']}", "width": 256, "height": 256})
        ticket = _ask(connection, "POST", "/v1/flux-dev", body)
        if "id" not in ticket:
            done["refused"] += 1
            continue
        done["submissions"] += 1
        for _ in range(POLLS_PER_SUBMISSION):
            _ask(connection, "GET", f"/v1/get_result?id={ticket['id']}")
            done["polls"] += 1
    counts.update(done)


def _ask(connection: http.client.HTTPConnection, method: str, path: str, body: str | None = None) -> dict[str, object]:
    connection.request(method, path, body, {"x-key": "a-bench-key", "content-type": "application/json"})
    document: dict[str, object] = json.loads(connection.getresponse().read())
    return document


if __name__ == "__main__":
    main()
