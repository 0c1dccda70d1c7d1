"""What if: another model or other parameters, laid over everything a manifest says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.models import find
from batches.models.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batches.manifest import Row
    from batches.models import Endpoint

EXAMPLE = "Write it as in --what-if model=flux-2-klein-4b or --what-if width=768,height=768."


@dataclass(frozen=True, slots=True)
class Overrides:
    """Goes before what any row, entry, variant or default says; a manifest as it stands has none."""

    model: str | None = None  #: for every row; None: each keeps its own
    params: Mapping[str, str] = field(default_factory=dict)  #: as text, read as whatever each model takes

    def __bool__(self) -> bool:
        return self.model is not None or bool(self.params)

    def __str__(self) -> str:
        """`model=flux-dev,steps=9`, as it is asked for."""
        return ",".join(f"{name}={value}" for name, value in self.as_json().items())

    def row(self, row: Row) -> Row:
        """The row, asking for the other model."""
        return row._replace(model=self.model) if self.model else row

    def laid_over(
        self, params: Mapping[str, object], endpoint: Endpoint
    ) -> tuple[Mapping[str, object], tuple[str, ...]]:
        """These parameters with the changes made, and the names of those left out: the model does not take them."""
        if not self:
            return params, ()
        changed = {**params, **endpoint.read(self.params)}
        left_out = tuple(name for name in changed if not endpoint.takes(name))
        return {name: value for name, value in changed.items() if name not in left_out}, left_out

    def and_also(self, other: Overrides) -> Overrides | None:
        """Both at once; None where they contradict each other."""
        mine, others = self.as_json(), other.as_json()
        if any(mine[name] != others[name] for name in mine.keys() & others.keys()):
            return None
        return Overrides(self.model or other.model, {**self.params, **other.params})

    def as_json(self) -> dict[str, str]:
        """What it changes, for machines."""
        return {**({"model": self.model} if self.model else {}), **self.params}


AS_ASKED = Overrides()


def read_overrides(text: str, models: Iterable[str]) -> Overrides:
    """`model=flux-dev,steps=9` for a plan of these models; raises SettingError or UnknownModel."""
    changes: dict[str, str] = {}
    for part in text.split(","):
        name, equals, value = (word.strip() for word in part.partition("="))
        if not (name and equals and value) or name in changes:
            raise SettingError(f"{text!r} is no what-if.", cure=EXAMPLE)
        changes[name] = value
    model = changes.pop("model", None)
    concerned = [find(name) for name in ([model] if model else models)]
    for name in changes:
        _refuse_stranger(name, concerned)
    return Overrides(model, changes)


def all_of(several: Sequence[Overrides]) -> Overrides | None:
    """All of these at once; None where there are not several, or they contradict each other."""
    together: Overrides | None = several[0] if len(several) > 1 else None
    for one in several[1:]:
        together = together and together.and_also(one)
    return together


def _refuse_stranger(name: str, endpoints: Sequence[Endpoint]) -> None:
    """A parameter that none of the models takes."""
    if any(endpoint.takes(name) for endpoint in endpoints):
        return
    known = sorted({one.name for endpoint in endpoints for one in endpoint.parameters if endpoint.takes(one.name)})
    whose = ", ".join(endpoint.name for endpoint in endpoints)
    raise SettingError(
        f"`{name}` is not a parameter of {whose}.",
        cure=did_you_mean(name, [*known, "model"]).capitalize() or "`fluxbatch models NAME` lists what a model takes.",
    )
