"""Where each price and each time was read, when, and how far it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

#: The day the prices were gathered; a batch pins it, so that its estimate stays explicable.
PRICES_AS_OF = "2026-11-20"


class Certainty(StrEnum):
    """How far a figure can be trusted. What BFL charges, and how long it takes, goes before any of them."""

    NEGOTIATED = "negotiated"  #: agreed with BFL, as `fluxbatch.toml` says
    PUBLISHED = "published"  #: by BFL itself, and not known to have changed
    OBSERVED = "observed"  #: seen at the live API; the rule behind it is not known
    UNOFFICIAL = "unofficial"  #: told by a third party
    STALE = "stale"  #: from an old price list; gone from today's
    ASSUMED = "assumed"  #: taken over from a sister endpoint
    UNKNOWN = "unknown"  #: nobody says


@dataclass(frozen=True)
class Source:
    """Where a figure was read."""

    word: str  #: its short name
    title: str  #: what it is
    as_of: str  #: the day, month or year it speaks of; empty where it names none


SKILL = Source("SKILL", "BFL's API skill, black-forest-labs/skills", "2026-02-03")
PRICE = Source("PRICE", "BFL's pricing page", "2026")
PRICE25 = Source("PRICE25", "BFL's pricing page of 2025, with finetuning", "2025")
MIRROR25 = Source("MIRROR25", "a reseller's copy of BFL's price list", "2025-01-23")
LORA = Source("LORA", "BFL's guide to FLUX.2 LoRA inference", "2026-09-19")
LIVE = Source("LIVE", "costs echoed by the live API to a public test run", "2026-09-21")
TIMED = Source("TIMED", "seconds that two public test runs took at the live API", "2026-09-21")
F3PRICE = Source("F3PRICE", "BFL's pricing page as two public FLUX 3 clients quote it", "2026-10-01")
COMFY = Source("COMFY", "price badges of the ComfyUI nodes for BFL", "2025-2026")
AGREED = Source("AGREED", "prices of your own, in fluxbatch.toml", "")
NOWHERE = Source("NOWHERE", "no public price was found", PRICES_AS_OF)
