"""Reads answers: from status code, headers and body to one of `answers`. Pure."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeGuard

from batches.money import micro_credits
from batches.store.ledger.records import Reported, Ticket
from workers.bfl.answers import (
    Accepted,
    AnswerLost,
    Busy,
    InFlight,
    KeyRefused,
    Moderated,
    NoCredits,
    NotFound,
    PollAnswer,
    Ready,
    Rejected,
    SubmitAnswer,
    TaskError,
    Trouble,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

MESSAGE_LENGTH = 500
"""An error message is kept to this many characters."""

LARGEST_AMOUNT = 10**9
"""Credits or megapixels; a number beyond it is no amount, and would not fit the ledger."""


def read_submit(code: int, headers: Mapping[str, str], text: str, *, now: float) -> SubmitAnswer:
    """What the answer to a submission means."""
    body = _json(text)
    said = f"{code}: {_message(body, text)}"
    match code:
        case 200:
            return _accepted(body, text, now)
        case 401 | 403:
            return KeyRefused(said)
        case 402:
            return NoCredits(said)
        case 422 if _is_about_the_key(body):
            return KeyRefused(said)
        case 429 | 503:
            return Busy(said, retry_after(headers, now), limited=code == 429)
        case _ if 400 <= code < 500:
            return Rejected(said)
        case _ if 300 <= code < 400:
            return Busy(f"{code}: the API answered with a redirect; check FLUXBATCH_API_URL")
        case _:
            return AnswerLost(said)


def read_poll(code: int, headers: Mapping[str, str], text: str, *, now: float) -> PollAnswer:
    """What the answer to a poll means. The body goes before the code: errors carry a task body too."""
    body = _json(text)
    if isinstance(body, dict) and isinstance(body.get("status"), str):
        return _task(body)
    if code == 404:
        return NotFound()
    return Trouble(f"{code}: {_message(body, text)}", retry_after(headers, now))


def read_credits(code: int, text: str) -> Decimal | KeyRefused | Busy | Trouble:
    """The account's balance in credits. Trouble means that this is hardly BFL."""
    body = _json(text)
    match body:
        case {"credits": balance} if code == 200 and _is_amount(balance):
            return Decimal(balance)
    said = f"{code}: {_message(body, text)}"
    if code in (401, 403) or _is_about_the_key(body):
        return KeyRefused(said)
    return Busy(said) if code == 429 or code >= 500 else Trouble(said)


def read_date(headers: Mapping[str, str]) -> float | None:
    """When the answer was given, by the clock of who gave it; None where that is not said, or nonsense."""
    with suppress(ValueError):
        return parsedate_to_datetime(headers.get("date", "")).timestamp()
    return None


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds to wait, given as a number or as a date; None where neither can be read."""
    value = headers.get("retry-after", "")
    for read in (float, lambda date: parsedate_to_datetime(date).timestamp() - now):
        with suppress(ValueError, OverflowError):
            return max(0.0, read(value))
    return None


def _accepted(body: object, text: str, now: float) -> SubmitAnswer:
    match body:
        case {"id": str(ticket_id), "polling_url": str(polling_url), **said} if _is_word(ticket_id, polling_url):
            return Accepted(Ticket(id=ticket_id, polling_url=polling_url, accepted_at=now), _reported(said))
        case _:
            return AnswerLost(f"200 with a body that is no ticket: {text[:120]!r}")


def _task(body: dict[str, Any]) -> PollAnswer:
    match body["status"]:
        case "Ready":
            return _ready(body)
        case "Request Moderated" | "Content Moderated" as status:
            return Moderated(_with_reasons(status, body), _reported(body))
        case "Error" | "Failed":
            return TaskError(_task_error(body), _reported(body))
        case "Task not found":
            return NotFound()
        case _:  # Pending, Reasoning, Generating, and words that are not invented yet
            return InFlight(_progress(body.get("progress")))


def _ready(body: dict[str, Any]) -> PollAnswer:
    match body.get("result"):
        case {"sample": str(link), **rest} if _is_word(link):
            facts = {str(name): value for name, value in rest.items()}
            return Ready(link, _reported(body), facts, _seconds(facts.get("duration")))
        case _:
            return Trouble("Ready without a link to the result")


def _with_reasons(status: str, body: dict[str, Any]) -> str:
    details = body.get("details")
    reasons = details.get("Moderation Reasons") if isinstance(details, dict) else None
    return _line(f"{status}: {', '.join(map(str, reasons))}") if isinstance(reasons, list) and reasons else status


def _task_error(body: dict[str, Any]) -> str:
    for place in (body.get("details"), body.get("result")):
        if isinstance(place, dict) and place.get("error"):
            return _line(str(place["error"]))
    return "BFL gave no reason"


def _reported(body: Mapping[Any, Any]) -> Reported:
    return Reported(
        micro_credits=_micro(body.get("cost")),
        input_micro_mp=_micro(body.get("input_mp")),
        output_micro_mp=_micro(body.get("output_mp")),
    )


def _micro(value: object) -> int | None:
    """An amount in millionths. What cannot be an amount is unknown, not zero."""
    return micro_credits(value) if _is_amount(value) and value >= 0 else None


def _is_amount(value: object) -> TypeGuard[int | Decimal]:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return False
    return -LARGEST_AMOUNT <= value <= LARGEST_AMOUNT


def _progress(value: object) -> float | None:
    """The part that is done. What cannot be a part says nothing."""
    return float(value) if isinstance(value, int | Decimal) and 0 < value <= 1 else None


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, int | Decimal) and 0 < value < LARGEST_AMOUNT else None


def _is_about_the_key(body: object) -> bool:
    detail = body.get("detail") if isinstance(body, dict) else None
    return isinstance(detail, str) and "api key" in detail.lower()


def _message(body: object, text: str) -> str:
    """The human part of an error body: `detail`, `message` or `error`, a list of complaints, or the raw text."""
    if isinstance(body, dict):
        for name in ("detail", "message", "error"):
            if body.get(name):
                return _line(_complaints(body[name]))
    return _line(text) or "no explanation"


def _complaints(detail: object) -> str:
    return "; ".join(map(_complaint, detail)) if isinstance(detail, list) else str(detail)


def _complaint(item: object) -> str:
    match item:
        case {"loc": ["body", *steps], "msg": said} if steps:
            return f"{'.'.join(map(str, steps))}: {said}"
        case {"msg": said}:
            return str(said)
        case _:
            return str(item)


def _line(text: str) -> str:
    """One line that every database and terminal can take."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[: 2 * MESSAGE_LENGTH])
    return " ".join(printable.split())[:MESSAGE_LENGTH]


def _is_word(*texts: str) -> bool:
    """Whether these can be an id or an address, which are kept as they are."""
    return all(text.isprintable() and text for text in texts)


def _json(text: str) -> object:
    """Numbers with a fraction become Decimal, so that money is never a float."""
    try:
        return json.loads(text, parse_float=Decimal)
    except (ValueError, InvalidOperation, RecursionError):
        return None
