"""Rows x models -> drafts: every image asked for, with its fingerprint but without number and name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batches.manifest import Manifest, Problem, Problems, Row, rows_of
from batches.planning.names import unknown_name
from batches.planning.requests import Request, Requests
from batches.planning.seeds import copies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batches.planning.material import Material

MOST_IMAGES = 10_000_000
"""In one plan. It takes about 80 bytes of memory for each."""


class Draft(NamedTuple):
    """A job but for its number and file name; a million are made, so it is no dataclass."""

    row: Row  #: whose image it is
    request: Request  #: what the row asks for
    seed: int | None  #: None: the server draws one
    sha256: bytes  #: the fingerprint, the same for the same request


class Drafting:
    """One pass over the rows of a manifest."""

    def __init__(self, material: Material) -> None:
        self.problems = Problems()
        self.asked = 0  #: images so far, identical requests counted each
        self._manifest = material.manifest
        self._heed = material.premises.heed
        self._seals = material.seals
        self._requests = Requests(material, self.problems)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is odd about the requests so far."""
        return self._requests.warnings

    def drafts(self) -> Iterator[Draft]:
        """Every image asked for. Once something is wrong the rest is only judged; the end raises all of it."""
        for row in rows_of(self._manifest, self.problems, self._seals):
            request = self._requests.of(row)
            if unknown := unknown_name(self._manifest.output_name, row.variables):
                self.problems.add(Problem(self._manifest.place("output", "name"), *unknown))
            self.asked += row.item.repeat * (len(row.seeds) or 1)
            self._heed(self.asked)
            if self.asked > MOST_IMAGES:
                self.problems.add(_excess(self._manifest))
                break
            if request and not self.problems:
                yield from _drafts_of(row, request, self._manifest.seed)
        self.problems.refuse()


def _drafts_of(row: Row, request: Request, batch_seed: str) -> Iterator[Draft]:
    seedable = request.endpoint.takes("seed")
    for copy in copies(row, request.params, batch_seed, seedable=seedable):
        sha256 = request.fingerprints.of(row.prompt, copy.seed, copy.number)
        yield Draft(row, request, copy.seed, sha256)


def _excess(manifest: Manifest) -> Problem:
    message = f"this asks for more than {MOST_IMAGES:,} images, which is the most of one batch"
    return Problem(manifest.place("prompts"), message, "make several batches of it")
