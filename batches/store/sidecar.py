"""The sidecar: the JSON beside a picture, which says where it comes from and what it cost.

It is the ledger's shadow: what it says is enough to write the rows of its job again. Money is whole micro-credits,
null where nobody said it; times are written as ISO 8601.
"""

from __future__ import annotations

import json
from collections.abc import Mapping  # noqa: TC003  # pydantic reads it at run time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, PlainValidator, TypeAdapter, ValidationError

FORMAT: Literal["fluxbatch/1"] = "fluxbatch/1"


INSIDE = ("format", "prompt_used", "seed_used", "attempt", "micro_credits")
"""What a picture says itself, beside its job and the name of its batch."""


class BadSidecar(ValueError):
    """These bytes are no sidecar that this version can read."""


def _told(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


def _read(written: Any) -> float:  # noqa: ANN401  # JSON has no type of its own
    if not isinstance(written, str):
        raise ValueError("must be a time")  # noqa: TRY004  # pydantic lets a TypeError through
    return datetime.fromisoformat(written).timestamp()


Moment = Annotated[float, PlainSerializer(_told), PlainValidator(_read)]
"""Seconds since the epoch, to the microsecond."""

Whole = Annotated[int, Field(ge=-(2**63), lt=2**63)]
"""As many as the ledger has room for."""

Hex = Annotated[str, Field(pattern="^([0-9a-f]{2})+$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The batch, as it was when the picture was made."""

    id: str
    name: str  #: as the manifest has it
    fingerprint: str  #: of the plan submitted last
    manifest_sha256: str  #: of the manifest's bytes
    accounts: tuple[str, ...]  #: who pays
    prices_as_of: str  #: date of its price table
    prices_sha256: str  #: of that table
    created_at: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The job."""

    number: Whole  #: place in the plan
    id: str  #: the prompt's
    fingerprint: Hex  #: of the request
    occurrence: Whole  #: which time its batch asks for the same, from 1
    copy_of: str | None  #: the picture that it is a copy of; None: it was made
    account: str  #: who was called to pay
    lane: str  #: limit class
    model: str
    path: str  #: of the endpoint
    params: Mapping[str, Any]  #: the body, with references for input images
    labels: Mapping[str, str]  #: for reports
    output_name: str  #: file name below the batch's folder
    estimate_micro_credits: Whole | None  #: what it should cost
    estimate_pixels: Whole | None  #: how large it should be
    input_pixels: Whole  #: of the pictures that were sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The attempt that brought the picture; of a copy that of the job it is a copy of."""

    number: Whole  #: 1 for the first
    ticket: str  #: BFL's id of the task
    started_at: Moment  #: when the intent to pay was written
    accepted_at: Moment  #: when BFL took it
    source: Literal["result", "submit answer"]  #: who said what it cost
    input_micro_mp: Whole | None  #: megapixels that BFL counted, in millionths
    output_micro_mp: Whole | None  #: the same of what came back


@dataclass(frozen=True, slots=True, kw_only=True)
class InVain:
    """An earlier attempt of the job that brought no picture, and may have been paid."""

    number: Whole  #: 1 for the first
    account: str  #: who paid
    ticket: str | None  #: BFL's id of the task; None: its answer was lost
    outcome: Literal["failed", "moderated", "lost"]
    started_at: Moment
    ended_at: Moment
    settled: bool  #: whether it is over; if not, its money stays at risk
    micro_credits: Whole | None  #: what it cost; None: nobody said
    source: Literal["result", "submit answer", "rule"] | None  #: who said so


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The picture as it is kept."""

    format: str  #: jpeg, png or webp
    width: Whole  #: pixels
    height: Whole  #: pixels
    bytes: Whole  #: how many
    sha256: str  #: of them
    dhash: Whole  #: what it looks like
    flags: tuple[str, ...]  #: what looks wrong with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """All that is known about one picture."""

    format: Literal["fluxbatch/1"] = FORMAT
    prompt_used: str | None  #: as the model got it; None: nobody said
    seed_used: Whole | None  #: None: nobody said
    batch: Origin
    job: Asked
    attempt: Made
    earlier: tuple[InVain, ...] = ()  #: attempts before that one; none of a copy
    micro_credits: Whole | None  #: what the picture cost: 0 if it is a copy; None: nobody said
    image: Stored
    stored_at: Moment

    def as_json(self) -> dict[str, Any]:
        """Every fact by its name."""
        told: dict[str, Any] = _SHAPE.dump_python(self, mode="json")
        return told

    def as_bytes(self) -> bytes:
        """As it lies beside the picture."""
        return (json.dumps(self.as_json(), indent=2, ensure_ascii=False) + "\n").encode()

    def inside(self) -> str:
        """What the picture itself says: without a letter beyond ASCII, and the same whoever stores it and when.

        Of two workers that fetch the same result the later one stays, and the ledger may know the hash of either.
        """
        told = self.as_json()
        job = {**told["job"], "params": _without_folders(told["job"]["params"])}
        batch = {"id": self.batch.id, "name": self.batch.name}
        return json.dumps({**{name: told[name] for name in INSIDE}, "batch": batch, "job": job})

    @classmethod
    def read(cls, written: bytes) -> Sidecar:
        """What `as_bytes` wrote; raises BadSidecar."""
        try:
            return _SHAPE.validate_json(written)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(step) for step in first["loc"])
            raise BadSidecar(f"{where}: {first['msg']}" if where else first["msg"]) from None


def _without_folders(value: Any) -> Any:  # noqa: ANN401  # as above
    """Pictures travel, and where their input images lie on somebody's disk is nobody's business."""
    match value:
        case {"file": str(file), "sha256": str(sha256)}:
            return {"file": PurePath(file).name, "sha256": sha256}
        case dict():
            return {name: _without_folders(one) for name, one in value.items()}
        case list():
            return [_without_folders(one) for one in value]
        case _:
            return value


_SHAPE = TypeAdapter(Sidecar)
