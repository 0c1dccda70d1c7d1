"""Servers of our own for machines that have none: they live as long as somebody uses them, and not longer."""

from __future__ import annotations

from workers.embedded.broker import broker_address, embedded_broker, running_broker
from workers.embedded.service import Service

__all__ = ["Service", "broker_address", "embedded_broker", "running_broker"]
