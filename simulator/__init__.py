"""Another company's API: it stands in for BFL over real HTTP and imports nothing of ours."""

from __future__ import annotations

from simulator.app import create_app
from simulator.config import Config
from simulator.process import NotStarted, Running, running

__all__ = ["Config", "NotStarted", "Running", "create_app", "running"]
