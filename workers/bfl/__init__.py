"""The only HTTP client of BFL: `Client` asks, `answers` are what it may come back with."""

from __future__ import annotations

from workers.bfl.client import Client

__all__ = ["Client"]
