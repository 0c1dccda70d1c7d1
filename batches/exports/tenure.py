"""The place of an export, while it is ours: its page is begun, renewed and left."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from batches.exports.claim import RENEW_SECONDS, STALE_SECONDS, own_claim
from batches.exports.errors import ExportRefused
from batches.exports.page import KEY, keep_page, new_page, read_page, selected
from batches.store.images import ImageStoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batches.exports.page import Page, Shard
    from batches.exports.question import Question
    from batches.exports.survey import Survey
    from batches.store.images import ImageStore


def page_for(place: ImageStore, question: Question, found: Survey, *, again: bool, now: float) -> Page:
    """The page to begin or to go on with, or the one that is finished.

    Raises ExportRefused for a place with anything else, or where somebody is at it. `again` empties the place.
    """
    page = read_page(place)
    if page is None:
        return new_page(question, found)
    _refuse_other(page, question, place)
    _refuse_claimed(page, now)
    if not again:
        _refuse_changed(page, found, place)
        return page
    for split in question.splits.names:
        for kept in place.listing(split):
            place.delete(kept.key)
    return new_page(question, found)


class Tenure:
    """A page that this process has claimed; after the block others may."""

    def __init__(self, place: ImageStore, page: Page, clock: Callable[[], float]) -> None:
        """Claim it."""
        self.page = page
        self._place, self._clock = place, clock
        self._claim = own_claim(clock())
        self._keep()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let others go on, as far as the place takes it: it may be full, or somebody else's by now."""
        with suppress(ImageStoreError, ExportRefused):
            self._check()
            self.page.claim = None
            keep_page(self._place, self.page)

    def add(self, shard: Shard) -> None:
        """It is written; what was cut off goes on after it."""
        self.page.shards.append(shard)
        self._renew()

    def finish(self, files: Mapping[str, str]) -> None:
        """All is written, and these files beside it."""
        self.page.files, self.page.finished = files, True
        self._renew()

    def renew_in_time(self) -> None:
        """Say that this process is still at it, if the last word is a while ago."""
        if self._clock() > self._claim.at + RENEW_SECONDS:
            self._renew()

    def _renew(self) -> None:
        self._check()
        self._claim = self._claim.renewed(self._clock())
        self._keep()

    def _keep(self) -> None:
        self.page.claim = self._claim
        keep_page(self._place, self.page)

    def _check(self) -> None:
        """Raise ExportRefused where the claim that stands there is another's."""
        now = read_page(self._place)
        if now is None or now.claim is None or now.claim.token != self._claim.token:
            raise ExportRefused(
                f"{self._place.locate(KEY)} has been taken over by another process.",
                cure="Let it finish; the same command says how it stands.",
            )


def _refuse_other(page: Page, question: Question, place: ImageStore) -> None:
    if page.question_sha256 == question.sha256:
        return
    asked = json.loads(json.dumps(question.as_json()))
    name = next((name for name in asked if page.question.get(name) != asked[name]), "question")
    before, now = (json.dumps(one.get(name), ensure_ascii=False) for one in (page.question, asked))
    raise ExportRefused(
        f"{place.locate(KEY)} tells of another export, with {name} {before} instead of {now}.",
        cure="Name another place with --to, or ask what was asked before.",
    )


def _refuse_claimed(page: Page, now: float) -> None:
    if page.claim is not None and page.claim.holds(now):
        raise ExportRefused(
            f"Process {page.claim.pid} on {page.claim.host} is writing this export.",
            cure="Wait until it is done. The claim of one that died elsewhere ends "
            f"{STALE_SECONDS / 60:.0f} minutes after its last word.",
        )


def _refuse_changed(page: Page, found: Survey, place: ImageStore) -> None:
    if page.selected != selected(found):
        raise ExportRefused(
            f"The batches have changed since {place.locate(KEY)} was begun: it is of {page.selected['items']:,} jobs, "
            f"and now there are {found.total:,}, or others.",
            cure="--again writes it anew; another --to leaves it as it is.",
        )
