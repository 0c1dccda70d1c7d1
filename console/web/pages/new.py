"""New batch: a manifest is written or dropped, with its files; what is wrong and what it costs is told as it grows."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, JSONResponse, Response

from batches.manifest import ManifestError
from batches.planning.finishing import show_moment
from console.actions.uploads import ENDINGS, Uploads
from console.cli.payer import workers_for
from console.cli.rules import each_rule
from console.web.drafting import FILE, Draft, drafted, submit
from console.web.refusals import Refused
from console.web.rendering import render
from console.web.reopening import reopened
from console.web.site import ID, MOST_NUMBER, Here

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batches.manifest import Problem
    from console.web.drafting import Drafted
    from console.web.site import Site

MOST_TEXT = 2_000_000
"""Letters of a manifest. More prompts than fit in are a file of their own."""

BEGINNING = """\
version: 1
name: my-batch

model: flux-2-klein-4b
params: {width: 1024, height: 1024}
labels: {project: my-batch}

prompts:
  - A red fox trotting through fresh snow, low winter sun
  - id: owl
    prompt: An owl reading a newspaper in an armchair, oil painting
    repeat: 2
"""

router = APIRouter()

OfBatch = Annotated[str | None, Query(pattern=ID)]
OfJob = Annotated[int | None, Query(ge=1, le=MOST_NUMBER)]


class Written(BaseModel):
    """What stands on the page."""

    page: str = Field(pattern=r"^[a-z0-9-]{8,64}$")  #: drawn by the page itself: who asks anew
    manifest: str = Field(max_length=MOST_TEXT)
    files: dict[str, str] = {}
    simulate: bool = False
    again: bool = False

    @property
    def draft(self) -> Draft:
        """Which it is."""
        return Draft(text=self.manifest, files=self.files, simulate=self.simulate, again=self.again)


class Agreed(Written):
    """What stands on the page, and what somebody agreed to."""

    bill: str


@router.get("/new")
def new(site: Here, batch: OfBatch = None, job: OfJob = None) -> Response:
    """A page to write on, or one with a job of before."""
    text, files = reopened(site, batch, job) if batch and job else (BEGINNING, {})
    facts = {"text": text, "files": files, "endings": ",".join((".yaml", ".yml", *ENDINGS))}
    return HTMLResponse(render("new.html", here="/new", **facts))


@router.post("/new/files")
def take(
    site: Here, name: Annotated[str, Query(max_length=120)], data: Annotated[bytes, Body(media_type="*/*")]
) -> Response:
    """Keep a file for this manifest."""
    sha256 = Uploads(site.settings.home).keep(name, data, time.time())
    return JSONResponse({"name": name, "sha256": sha256, "bytes": len(data)})


@router.post("/new/plan")
def plan(site: Here, written: Written) -> Response:
    """What is wrong with it, or else what it comes to."""
    folder = Uploads(site.settings.home).draft(written.files)
    try:
        with site.turns.turn(written.page) as heed:
            made = _drafted(site, written.draft, folder, heed)
    except ManifestError as error:
        return JSONResponse({"problems": [_told(one, folder) for one in error.problems], "more": error.more})
    told = {"html": _shown(made, folder), "bill": made.bill, "price": _price(made), "again": made.survey.is_over}
    return JSONResponse({"problems": [], "more": 0, **told})


@router.post("/new/submit")
def send(site: Here, agreed: Agreed) -> Response:
    """Write it into the ledger, if it still costs what was agreed to."""
    kept = Uploads(site.settings.home)
    with site.turns.turn(agreed.page) as heed:
        try:
            made = _drafted(site, agreed.draft, kept.draft(agreed.files), heed)
        except ManifestError:
            raise Refused(422, "There is something to mend.", cure="It is told beside the manifest.") from None
        if made.bill != agreed.bill:
            raise Refused(409, "The bill is another one by now.", cure="Look at it again, and then submit.")
        if agreed.files:  # its jobs name files where these stay
            made = _drafted(site, agreed.draft, kept.submitted(agreed.files), heed)
        standing = submit(made, site.settings, site.ledger)
    return JSONResponse({"id": standing.batch.id, "message": f"{standing.batch.name} is submitted."})


def _drafted(site: Site, draft: Draft, folder: Path, heed: Callable[[int], None]) -> Drafted:
    return drafted(draft, folder, settings=site.settings, ledger=site.ledger, heed=heed, now=time.time())


def _told(problem: Problem, folder: Path) -> Mapping[str, object]:
    """A problem as the page shows it: where files lie is nothing to a reader."""
    file = Path(problem.place.file).name
    return {
        "file": "" if file == FILE else file,
        "line": problem.place.line,
        "column": problem.place.column,
        "message": _near(problem.message, folder),
        "hint": problem.hint,
        "alike": problem.alike,
    }


def _near(text: str, folder: Path) -> str:
    return text.replace(f"{folder}/", "")


def _shown(made: Drafted, folder: Path) -> str:
    now = time.time()
    finish = made.figures.finish
    return render(
        "parts/plan.html",
        plan=made.plan,
        survey=made.survey,
        figures=made.figures,
        finish=finish and finish.say(now),
        done_at=show_moment(now + made.figures.duration.seconds, now),
        rules=list(each_rule(replace(made.plan.policy, budget=None))),
        warnings=[_near(one, folder) for one in made.plan.warnings],
        price=_price(made),
        workers=workers_for(made.manifest, made.payers),
    )


def _price(made: Drafted) -> str:
    """What submitting it costs, in a few words."""
    return render("parts/price.html", survey=made.survey).strip()
