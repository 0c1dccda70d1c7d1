"""Accounts: what they have, and the slots of their lanes."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from batches.errors import FluxbatchError
from batches.money import credits_of, json_number
from batches.store.ledger import balances
from batches.store.ledger.balances import Reading
from console.actions import limiting
from console.web.api.shapes import ErrorTold, Moment, Number, Shape
from console.web.refusals import told_of
from console.web.site import Here
from workers.accounts import Accounts
from workers.balance import ask_all

router = APIRouter(tags=["accounts"])


class Balance(Shape):
    """What BFL said an account has."""

    account: str
    credits: Number | None = Field(description="Null: it is not known, and `error` says why.")
    at: Moment | None = Field(description="When it said that.")
    error: ErrorTold | None = None


class CutTold(Shape):
    """What a burst of 429s did to a lane."""

    at: Moment
    before: int = Field(description="Its limit until then.")
    why: str = Field(description="What BFL said.")


class LaneTold(Shape):
    """A lane of an account."""

    account: str
    lane: str
    ceiling: int = Field(description="The most slots it may have.")
    limit: int | None = Field(description="Those it may use now, after what 429s have cut; null: nobody is at work.")
    used: int | None = Field(description="Those that are taken.")
    rests_seconds: Number | None = Field(description="For so long it gives none.")
    cut: CutTold | None = Field(description="The last one.")


@router.get("/credits")
def last_credits(site: Here) -> list[Balance]:
    """What each account had when it was last asked. Workers ask every ten minutes."""
    with site.ledger.read() as tx:
        found = [balances.latest(tx, account) for account in balances.accounts_read(tx)]
    return [_balance(one) for one in found if one is not None]


@router.post("/credits")
def ask_credits(site: Here) -> list[Balance]:
    """Ask BFL now, and write the answers down."""
    told = list(ask_all(Accounts.of(site.settings)))
    readings = [one.answer for one in told if isinstance(one.answer, Reading)]
    with site.ledger.write(flush=False) as tx:
        for reading in readings:
            balances.keep(tx, reading)
    return [
        _balance(one.answer) if isinstance(one.answer, Reading) else _unknown(one.account, one.answer) for one in told
    ]


@router.get("/lanes")
def lanes(site: Here) -> list[LaneTold]:
    """The slots of every account's lanes: how many there may be, are now, and are taken."""
    return [
        LaneTold(
            account=account,
            lane=one.lane,
            ceiling=one.ceiling,
            limit=one.view.limit if one.view else None,
            used=one.view.used if one.view else None,
            rests_seconds=one.view.rests_seconds if one.view else None,
            cut=_cut(one),
        )
        for account, its in limiting.every_lane(site.settings, site.ledger).items()
        for one in its
    ]


def _balance(reading: Reading) -> Balance:
    return Balance.model_validate(
        {"account": reading.account, "credits": json_number(credits_of(reading.micro_credits)), "at": reading.at}
    )


def _unknown(account: str, error: FluxbatchError) -> Balance:
    return Balance(account=account, credits=None, at=None, error=ErrorTold.model_validate(told_of(error)))


def _cut(one: limiting.LaneLine) -> CutTold | None:
    cut = one.view.cut if one.view else None
    return None if cut is None else CutTold.model_validate({"at": cut.at, "before": cut.before, "why": cut.why})
