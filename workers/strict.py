"""What every table of fluxbatch.toml has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Nothing is guessed, and no value is shown: it may be a key in the wrong place."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


def variable(name: str) -> str:
    """Capital letters only, so that a key which was put here by mistake is not taken for a name, and shown."""
    if not (name.isascii() and name.isidentifier() and name.isupper()):
        raise ValueError("give the name of an environment variable in capitals, for example STUDIO_BFL_KEY")
    return name
