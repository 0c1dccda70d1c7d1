"""Every line that a worker logs has the same form, whoever speaks."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SPEAKERS = """
import logging, sys
from workers import log
log.configure(level=logging.INFO, as_json=True)
logging.getLogger("celery.worker").warning("a %s complaint", "long")
logging.getLogger("httpx").info("chatter")
try:
    1 / 0
except ZeroDivisionError as error:
    log.bug("journey", error)
    logging.getLogger("celery.worker").exception("broken")
log.worker_started("one", "ours", 64)
"""


@pytest.fixture
def lines() -> list[dict[str, object]]:
    """What a process logs in which we, a library and a mistake speak."""
    done = subprocess.run([sys.executable, "-c", SPEAKERS], capture_output=True, text=True, check=True)
    assert done.stdout == "", "stdout belongs to results"
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_libraries_and_mistakes_are_heard_in_our_form(lines: list[dict[str, object]]) -> None:
    assert [line["event"] for line in lines] == ["library", "bug", "library", "worker_started"]
    assert all({"event", "level", "timestamp"} <= line.keys() for line in lines)
    assert (lines[0]["level"], lines[0]["logger"], lines[0]["message"]) == (
        "warning",
        "celery.worker",
        "a long complaint",
    )


def test_a_mistake_is_told_with_its_traceback(lines: list[dict[str, object]]) -> None:
    for line in lines[1:3]:
        assert "ZeroDivisionError" in str(line["exception"])


def test_a_log_that_cannot_be_written_stops_nobody() -> None:
    script = f"import sys; sys.stderr = open('/dev/full', 'w')\n{SPEAKERS}\nprint('still here')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout == "still here\n"
