"""What was asked, what it costs, what came of it.

In a notebook:

    from batches import load, plan

    bill = plan("posters.yaml")
    print(bill.asked, bill.micro_credits)
    first = next(bill.jobs())

The types to annotate by are here too: Manifest, ManifestError, Plan, PlannedJob.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batches.manifest import Manifest, ManifestError
    from batches.planning import Plan, PlannedJob

__all__ = ["Manifest", "ManifestError", "Plan", "PlannedJob", "load", "plan"]

ROOMS = {"Manifest": "manifest", "ManifestError": "manifest", "Plan": "planning", "PlannedJob": "planning"}
"""Where each type is at home."""


def __getattr__(name: str) -> object:
    """A type, once it is asked for: every room of ours imports this package, and needs few of the others."""
    if name in ROOMS:
        return getattr(import_module(f"batches.{ROOMS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load(path: str | Path) -> Manifest:
    """Read a manifest; raises ManifestError, a FluxbatchError, with all that is wrong with it."""
    from batches.manifest import read_manifest

    return read_manifest(Path(path))


def plan(manifest: Manifest | str | Path) -> Plan:
    """What a manifest, or the file of one, comes to: jobs, sizes and the bill. Nothing is written or sent."""
    from batches.planning import make_plan

    return make_plan(load(manifest) if isinstance(manifest, str | Path) else manifest)
