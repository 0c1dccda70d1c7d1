"""What every shape in a manifest has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Nothing is guessed: unknown keys are refused and no type is turned into another."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
