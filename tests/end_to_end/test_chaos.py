"""A short night of `./run chaos`: whatever was killed, restarted and spoilt, in the morning every law holds."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


@pytest.mark.timeout(400)  # it takes 40 s, and waits for rest for 300
def test_after_a_short_night_of_violence_every_law_holds() -> None:
    command = [sys.executable, "-m", "tests.chaos", "--jobs", "60", "--seconds", "20", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

    told = json.loads(done.stdout)
    assert sum(told["jobs"].values()) == 60
    assert told["broken"] == []
    assert told["blows"].keys() >= {"workers killed", "broker restarted", "broker flushed", "faults that struck"}
