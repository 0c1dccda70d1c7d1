"""The states of a job and the moves between them: one table, drawn in docs/explanation/states.md."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class State(StrEnum):
    """Where a job stands. Each says what it means, who moves the job out, and what a crash here leaves behind."""

    QUEUED = "queued"
    """Waits for its due time and for room in its lane. The dispatcher calls it. A crash leaves nothing behind."""

    CALLED = "called"
    """A doorbell was rung for it. A worker claims it and waits for a slot; a lost doorbell is rung again."""

    SUBMITTING = "submitting"
    """The intent to pay is written and the POST is under way. The answer moves it on.
    A crash here is the one open window: nobody knows whether BFL took the job, so it becomes unsure."""

    RENDERING = "rendering"
    """BFL took the job and we hold its ticket. Polls move it on. After a crash another worker
    takes it up through the ticket, and nothing is paid again."""

    FETCHING = "fetching"
    """The result is ready and is being downloaded, verified and stored. After a crash it is fetched again."""

    UNSURE = "unsure"
    """A submission whose answer was lost. The policy resubmits it within a bound on the money at risk, or holds it."""

    DONE = "done"
    """The image is in the image store and its cost is settled."""

    MODERATED = "moderated"
    """BFL refused the prompt or the picture. An outcome of its own, never retried by itself."""

    FAILED = "failed"
    """Given up: BFL refused the request for good, every attempt was used up, or an input image is gone."""

    CANCELLED = "cancelled"
    """A person took it back before it was submitted, or gave up a doubt."""


_S = State

MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        _S.QUEUED: frozenset({_S.CALLED, _S.MODERATED, _S.FAILED, _S.CANCELLED}),
        _S.CALLED: frozenset({_S.SUBMITTING, _S.QUEUED, _S.DONE, _S.FAILED, _S.CANCELLED}),
        _S.SUBMITTING: frozenset({_S.RENDERING, _S.UNSURE, _S.QUEUED, _S.FAILED}),
        _S.RENDERING: frozenset({_S.RENDERING, _S.FETCHING, _S.MODERATED, _S.FAILED, _S.QUEUED, _S.UNSURE}),
        _S.FETCHING: frozenset({_S.DONE, _S.RENDERING, _S.FAILED, _S.UNSURE}),
        _S.UNSURE: frozenset({_S.QUEUED, _S.RENDERING, _S.FAILED, _S.CANCELLED}),
        _S.DONE: frozenset(),
        _S.MODERATED: frozenset({_S.QUEUED}),
        _S.FAILED: frozenset({_S.QUEUED}),
        _S.CANCELLED: frozenset({_S.QUEUED}),
    }
)
"""Every allowed move; rendering to rendering hands a job over. The ledger refuses any other."""

ENDED = frozenset({State.DONE, State.MODERATED, State.FAILED, State.CANCELLED})
"""States that nothing leaves by itself. Only a person's retry leads out, and from done nothing does."""

RESTING = ENDED | {State.UNSURE}
"""States in which no worker has anything to do: a batch whose jobs all rest is over."""

NEVER = 1e11
"""A due time, in seconds since the epoch, that does not come: a copy waits for its picture and not for a time."""

RESTLESS = frozenset(State) - RESTING
"""States in which a job still needs a worker."""

CANCELLABLE = frozenset(state for state, onward in MOVES.items() if State.CANCELLED in onward)
"""States in which BFL does not work on a job, so that a person can take it back."""

RETRIABLE = RESTING - {State.DONE}
"""States in which a job rests without a picture, so that a person can have it tried again."""
