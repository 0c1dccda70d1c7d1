"""How many seconds a resulting video runs. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.inputs import Inputs

    LengthRule = Callable[[Mapping[str, Any], Inputs], float]
    """From the fields of a body and what it brings along to seconds."""

SHORTEST = 5
LONGEST_UPSCALED = 20


def still(_fields: Mapping[str, Any], _inputs: Inputs) -> float:
    """An image does not run."""
    return 0


def as_asked(fields: Mapping[str, Any], inputs: Inputs) -> float:
    """The duration asked for, or the draft's; `auto` is the shortest there is."""
    if inputs.draft is not None:
        return inputs.draft.seconds
    duration: float | str = fields["duration"]
    return SHORTEST if isinstance(duration, str) else duration


def like_clip(_fields: Mapping[str, Any], inputs: Inputs) -> float:
    """As long as the clip, as far as it is upscaled."""
    assert inputs.clip is not None
    return min(LONGEST_UPSCALED, inputs.clip.seconds)
