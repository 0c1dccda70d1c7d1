"""What the ledger hands out and takes in. Every type is one stage of life, so None never means "not yet"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from batches.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batches.planning import Plan
    from batches.policy import Canary
    from batches.store.ledger.states import State

EVERY_LANE = ""
"""In the place of a lane: the whole account."""

PauseReason = Literal["person", "budget", "canary", "deadline", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchTerms:
    """What a plan does not say about a batch: who pays and how far we may go."""

    accounts: tuple[str, ...]  #: names of those that pay, each for the jobs that it has room for
    policy: Policy = field(default_factory=Policy)  #: how it is carried out


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One submitted manifest."""

    id: str  #: readable and unique: name, day, a few random letters
    name: str  #: as the manifest has it
    accounts: tuple[str, ...]  #: who pays
    manifest_sha256: str  #: of the manifest's bytes
    prices_as_of: str  #: date of the price table the estimate was made with
    prices_sha256: str  #: of that table
    policy: Policy  #: how it is carried out
    planned_micro_credits: int  #: what its plan costs, as far as prices are known
    fingerprint: str  #: of the plan submitted last
    created_at: float  #: seconds since the epoch
    whole_at: float | None  #: when all jobs of its first plan were written; workers begin none before
    deadline_at: float | None  #: from then on workers begin none of its jobs
    approved_at: float | None  #: when its canary was found good
    ended_at: float | None  #: when its last job came to rest
    paused: PauseReason | None  #: why workers begin none of its jobs; None: they may
    paused_message: str  #: the same in a sentence, with the cure
    paused_for: int | None  #: micro-credits that have to fit under the cap before a pause for the budget ends
    paused_by: str | None  #: the budget which that is, where it is not the batch's own
    paused_at: float | None  #: when

    @property
    def canary(self) -> Canary | None:
        """The canary that is still to be found good."""
        return self.policy.canary if self.approved_at is None else None

    def holds(self, plan: Plan) -> bool:
        """Whether all jobs of this plan are in it, as far as that shows without looking at them."""
        return self.whole_at is not None and self.fingerprint == plan.fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """BFL's answer to a submission: the right to ask for the result."""

    id: str  #: BFL's task id
    polling_url: str  #: where to ask, on the region that holds the task
    accepted_at: float  #: seconds since the epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What BFL says something costs. None is unknown, not zero."""

    micro_credits: int | None = None  #: the `cost` field
    input_micro_mp: int | None = None  #: the `input_mp` field, in millionths
    output_micro_mp: int | None = None  #: the `output_mp` field, in millionths


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One submission under way."""

    id: int  #: row in the ledger
    number: int  #: 1 for the first
    started_at: float  #: when the intent was written
    ticket: Ticket | None  #: None while the answer is not in
    said: Reported  #: what that answer says it costs


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedJob:
    """A job that a worker owns, with all it needs to carry it on."""

    id: int  #: row in the ledger
    batch_id: str  #: its batch
    batch_name: str  #: the manifest's name
    batch_fingerprint: str  #: of its plan submitted last
    batch_accounts: tuple[str, ...]  #: who may pay
    batch_created_at: float  #: seconds since the epoch
    manifest_sha256: str  #: of the manifest's bytes
    prices_as_of: str  #: date of the price table of its batch
    prices_sha256: str  #: of that table
    policy: Policy  #: of its batch
    number: int  #: place in the plan, from 1
    row_id: str  #: the prompt's id
    account: str  #: who pays: the one for which it was called
    lane: str  #: limit class
    urgent: bool  #: whether it may have a reserved slot
    model: str  #: endpoint name
    path: str  #: endpoint path
    params: Mapping[str, object]  #: the body to send, with references for input images
    labels: Mapping[str, str]  #: for the cost report
    fingerprint: bytes  #: of what is asked for
    occurrence: int  #: which time its batch asks for the same, from 1
    output_name: str  #: file name below the batch's folder
    estimate_micro_credits: int | None  #: what one attempt should cost
    estimate_pixels: int | None  #: how large its picture should be
    input_pixels: int  #: of the pictures to send, as far as they are measured
    state: State  #: called, rendering or fetching
    failures: int  #: attempts spent by real failures
    waits: int  #: refusals in a row that cost nothing
    new_seeds: int  #: seeds that were tried after moderation
    deaths: int  #: workers that died while they were submitting or fetching it
    copied_key: str | None  #: the picture to copy, where the job is not made but copied
    attempt: Attempt | None  #: the submission under way, if there is one
    owner: str  #: the worker that holds it

    @property
    def under_way(self) -> Attempt:
        """The submission that there is."""
        if self.attempt is None:
            raise ValueError(f"job {self.id} has no attempt under way")
        return self.attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptImage:
    """A picture that is verified and in the image store."""

    key: str  #: where it is
    sha256: str  #: of its bytes
    format: str  #: jpeg, png or webp
    width: int  #: pixels
    height: int  #: pixels
    bytes: int  #: size on disk
    dhash: int  #: what it looks like: see batches.store.images.hashing
    flags: tuple[str, ...]  #: what looks wrong with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """An account, or a lane of it, that is not used until somebody has mended something or a try goes well."""

    account: str  #: which
    lane: str = EVERY_LANE  #: which of its lanes, or all
    reason: str  #: no credits, key refused, image store, API in trouble
    message: str  #: what was said, with the cure
    since: float  #: seconds since the epoch
    until: float  #: when one job tries whether it is over
    rest: float  #: seconds from one try to the next
    probe: int | None = None  #: the job that tried last
