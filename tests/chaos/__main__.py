"""`./run chaos [--jobs N] [--seconds S] [--seed K] [--keep FOLDER] [--json]`: violence, and what is left of it."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.morning import Morning, morning_after
from tests.chaos.night import Night


def main() -> int:
    """1 when a law is broken."""
    parser = argparse.ArgumentParser(prog="./run chaos", description=__doc__)
    parser.add_argument("--jobs", type=int, default=600, help="how many (%(default)s)")
    parser.add_argument("--seconds", type=float, default=120, help="of violence (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the hand that kills (%(default)s)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where ledger, pictures and log stay")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    asked = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        morning = _spent(asked.keep or Path(folder), asked)
    seconds = round(time.monotonic() - began)
    sys.stdout.write(_as_json(morning, seconds) if asked.json else _as_table(morning, seconds))
    return 1 if any(morning.broken()) else 0


def _spent(folder: Path, asked: argparse.Namespace) -> Morning:
    folder.mkdir(parents=True, exist_ok=True)
    with Night(folder.absolute(), seed=asked.seed) as night:
        night.submit(asked.jobs)
        night.violence(asked.seconds)
        return morning_after(night, night.rest())


def _as_json(morning: Morning, seconds: int) -> str:
    return json.dumps({**morning.as_json(), "seconds": seconds}, indent=2) + "\n"


def _as_table(morning: Morning, seconds: int) -> str:
    lines = [f"{what:<34}{amount}" for what, amount in (*morning.lines(), ("seconds", f"{seconds:,}"))]
    return "\n".join([*lines, "", *(list(morning.broken()) or ["every law holds"]), ""])


if __name__ == "__main__":
    sys.exit(main())
