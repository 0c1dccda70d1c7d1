"""What was asked, what it costs, what came of it.

In a notebook:

    from batches import load, plan

    bill = plan("posters.yaml")
    print(bill.asked, bill.micro_credits)
    first = next(bill.jobs())
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batches.manifest import Manifest
    from batches.planning import Plan

__all__ = ["load", "plan"]


def load(path: str | Path) -> Manifest:
    """Read a manifest; raises ManifestError, a FluxbatchError, with all that is wrong with it."""
    from batches.manifest import read_manifest

    return read_manifest(Path(path))


def plan(manifest: Manifest | str | Path) -> Plan:
    """What a manifest, or the file of one, comes to: jobs, sizes and the bill. Nothing is written or sent."""
    from batches.planning import make_plan

    return make_plan(load(manifest) if isinstance(manifest, str | Path) else manifest)
