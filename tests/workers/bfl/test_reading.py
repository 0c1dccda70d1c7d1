"""Every documented answer of BFL, and every other, means one thing to us."""

from __future__ import annotations

import json
from email.utils import formatdate
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

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
    Ready,
    Rejected,
    TaskError,
    Trouble,
)
from workers.bfl.reading import read_credits, read_poll, read_submit, retry_after

if TYPE_CHECKING:
    from workers.bfl.answers import PollAnswer, SubmitAnswer

NOW = 1_800_000_000.0
UNKNOWN = Reported()
HTML = "<html>\n<body>502 Bad Gateway</body></html>"
SIZE_AND_PROMPT = (
    '{"detail":[{"type":"less_than_equal","loc":["body","width"],"msg":"Input should be at most 1440","input":5000},'
    '{"type":"missing","loc":["body","prompt"],"msg":"Field required"}]}'
)


def ticket(ticket_id: str = "t-1", url: str = "https://api.eu2.bfl.ai/v1/get_result?id=t-1") -> Ticket:
    return Ticket(id=ticket_id, polling_url=url, accepted_at=NOW)


def accepted(rest: str) -> str:
    """The body of a ticket with these further members."""
    return f'{{"id":"t-1","polling_url":"https://api.eu2.bfl.ai/v1/get_result?id=t-1"{rest}}}'


@pytest.mark.parametrize(
    ("code", "body", "answer", "reason"),
    [
        (
            200,
            accepted(',"cost":4.05,"input_mp":0.0,"output_mp":1.05'),
            Accepted(ticket(), Reported(micro_credits=4_050_000, input_micro_mp=0, output_micro_mp=1_050_000)),
            "FLUX.2 names cost and megapixels, and 4.05 is 4,050,000 micro-credits exactly",
        ),
        (
            200,
            accepted(',"cost":null,"input_mp":null,"output_mp":null'),
            Accepted(ticket(), UNKNOWN),
            "FLUX.1 names nothing, and unknown is not 0",
        ),
        (200, accepted(""), Accepted(ticket(), UNKNOWN), "the three numbers are optional"),
        (
            200,
            accepted(',"cost":3'),
            Accepted(ticket(), Reported(micro_credits=3_000_000)),
            "a whole number is an amount",
        ),
        (200, accepted(',"cost":-1'), Accepted(ticket(), UNKNOWN), "a charge is never negative"),
        (200, accepted(',"cost":1e999999999'), Accepted(ticket(), UNKNOWN), "no ledger holds that"),
        (200, accepted(',"cost":true,"input_mp":"1"'), Accepted(ticket(), UNKNOWN), "these are no numbers"),
        (200, accepted(',"cost":NaN'), Accepted(ticket(), UNKNOWN), "not a number is no amount"),
        (
            200,
            '{"id":"t-1","status":"Pending","webhook_url":"https://x.example"}',
            AnswerLost("200 with a body that is no ticket"),
            "it was taken, and we cannot ask for it",
        ),
        (200, accepted("")[:40], AnswerLost("200 with a body that is no ticket"), "half a ticket is none"),
        (200, HTML, AnswerLost("200 with a body that is no ticket"), "nor is a page"),
        (200, '{"id":"","polling_url":""}', AnswerLost("200 with a body that is no ticket"), "nor are empty words"),
        (
            200,
            '{"id":"\\ud800","polling_url":"https://api.bfl.ai"}',
            AnswerLost("200 with a body that is no ticket"),
            "half a surrogate pair can be kept in no database",
        ),
        (400, '{"detail":"Finetune not found"}', Rejected("400: Finetune not found"), "the request is wrong"),
        (401, '{"detail":"Not authenticated"}', KeyRefused("401: Not authenticated"), "no key"),
        (403, '{"detail":"Not authenticated"}', KeyRefused("403: Not authenticated"), "a key not allowed"),
        (422, '{"detail":"Invalid API key format"}', KeyRefused("422: Invalid API key format"), "a malformed key"),
        (402, '{"detail":"Insufficient credits"}', NoCredits("402: Insufficient credits"), "the account is spent"),
        (
            422,
            SIZE_AND_PROMPT,
            Rejected("422: width: Input should be at most 1440; prompt: Field required"),
            "every complaint with its field",
        ),
        (
            422,
            '{"detail":"A keyframe is missing"}',
            Rejected("422: A keyframe is missing"),
            "not every word with `key` in it is about the key",
        ),
        (
            422,
            '{"detail":["odd",{"msg":"bad"},{"loc":null,"msg":"worse"}]}',
            Rejected("422: odd; bad; worse"),
            "complaints of other shapes are shown, too",
        ),
        (404, '{"message":"no such model"}', Rejected("404: no such model"), "`message` is the human part, too"),
        (
            307,
            "",
            Busy("307: the API answered with a redirect; check FLUXBATCH_API_URL"),
            "a prompt is not sent on to somewhere else",
        ),
        (
            429,
            '{"error":"rate_limit_exceeded","retry_after":5}',
            Busy("429: rate_limit_exceeded", 7.0, limited=True),
            "too many active tasks: BFL did not take it",
        ),
        (503, HTML, Busy("503: <html> <body>502 Bad Gateway</body></html>", 7.0), "maintenance: not taken either"),
        (500, "", AnswerLost("500: no explanation"), "it may have been taken before it broke"),
        (502, HTML, AnswerLost("502: <html> <body>502 Bad Gateway</body></html>"), "somebody in between gave up"),
        (504, "\x00\x1b[31m", AnswerLost("504: [31m"), "no control letter reaches the ledger or a terminal"),
        (500, '{"detail":"' + "x" * 900 + '"}', AnswerLost("500: " + "x" * 500), "a message is kept short"),
    ],
)
def test_the_answer_to_a_submission(code: int, body: str, answer: SubmitAnswer, reason: str) -> None:
    read = read_submit(code, {"retry-after": "7"}, body, now=NOW)
    if isinstance(read, AnswerLost) and "no ticket" in read.message:
        read = AnswerLost(read.message.partition(":")[0])  # what follows is the body itself
    assert read == answer, reason


def task(status: str, rest: str = "") -> str:
    """The body of a poll."""
    return f'{{"id":"t-1","status":"{status}"{rest}}}'


@pytest.mark.parametrize(
    ("code", "body", "answer", "reason"),
    [
        (200, task("Pending"), InFlight(), "still to do"),
        (200, task("Pending", ',"progress":0.4'), InFlight(0.4), "a part is done"),
        (200, task("Pending", ',"progress":"half"'), InFlight(), "no number"),
        (200, task("Pending", ',"progress":40'), InFlight(), "no part of one"),
        (200, task("Reasoning"), InFlight(), "a status since 2026"),
        (200, task("Generating"), InFlight(), "a status since 2026"),
        (200, task("Simmering"), InFlight(), "a word that is not invented yet is not the end"),
        (
            200,
            task("Ready", ',"result":{"sample":"https://d.bfl.ai/s.png","seed":7},"cost":4.05'),
            Ready("https://d.bfl.ai/s.png", Reported(micro_credits=4_050_000), {"seed": 7}),
            "the settled cost comes with the result",
        ),
        (
            200,
            task("Ready", ',"result":{"sample":"https://d.bfl.ai/s.png"}'),
            Ready("https://d.bfl.ai/s.png", UNKNOWN),
            "without a cost it stays unknown",
        ),
        (200, task("Ready", ',"result":null'), Trouble("Ready without a link to the result"), "nothing to fetch"),
        (200, task("Ready", ',"result":{"sample":""}'), Trouble("Ready without a link to the result"), "nor here"),
        (
            200,
            task("Ready", ',"result":{"sample":"\\ud800"}'),
            Trouble("Ready without a link to the result"),
            "nor here",
        ),
        (
            200,
            task("Request Moderated", ',"result":null,"details":{"Moderation Reasons":["Violence","Other"]}'),
            Moderated("Request Moderated: Violence, Other", UNKNOWN),
            "the prompt was refused, and why",
        ),
        (
            200,
            task("Content Moderated", ',"details":null,"cost":0'),
            Moderated("Content Moderated", Reported(micro_credits=0)),
            "the picture was refused, and it cost nothing",
        ),
        (200, task("Error", ',"details":{"error":"boom"}'), TaskError("boom", UNKNOWN), "since 2026"),
        (200, task("Error", ',"result":{"error":"boom"}'), TaskError("boom", UNKNOWN), "before"),
        (200, task("Failed"), TaskError("BFL gave no reason", UNKNOWN), "a word of the guides only, and terminal"),
        (200, task("Task not found"), NotFound(), "asked in the wrong region, or too soon"),
        (404, task("Task not found"), NotFound(), "the same with its code"),
        (404, "", NotFound(), "the same without a body"),
        (
            422,
            task("Error", ',"details":{"error":"Invalid or corrupted image input"}'),
            TaskError("Invalid or corrupted image input", UNKNOWN),
            "the body goes before the code",
        ),
        (503, task("Pending"), InFlight(), "the body goes before the code"),
        (503, '{"detail":"busy"}', Trouble("503: busy", 7.0), "no task in it: ask again when told"),
        (429, "", Trouble("429: no explanation", 7.0), "too many polls"),
        (403, '{"detail":"Not authenticated"}', Trouble("403: Not authenticated", 7.0), "the ticket is still good"),
        (200, HTML, Trouble("200: <html> <body>502 Bad Gateway</body></html>", 7.0), "a page is no task"),
        (200, '{"status":5}', Trouble('200: {"status":5}', 7.0), "a number is no status"),
        (200, "[]", Trouble("200: []", 7.0), "a list is no task"),
    ],
)
def test_the_answer_to_a_poll(code: int, body: str, answer: PollAnswer, reason: str) -> None:
    assert read_poll(code, {"retry-after": "7"}, body, now=NOW) == answer, reason


@pytest.mark.parametrize(
    ("code", "body", "answer", "reason"),
    [
        (200, '{"credits":1013.4}', "1013.4", "a fraction is read exactly"),
        (200, '{"credits":10000}', "10000", "a whole number is one"),
        (403, '{"detail":"Not authenticated"}', "KeyRefused('403: Not authenticated')", "the key"),
        (422, '{"detail":"Invalid API key format"}', "KeyRefused('422: Invalid API key format')", "the key's shape"),
        (200, HTML, "Trouble('200: <html> <body>502 Bad Gateway</body></html>')", "another server answers there"),
        (500, '{"credits":1}', "Busy('500: {\"credits\":1}')", "an error is no balance"),
        (503, "", "Busy('503: no explanation')", "maintenance passes"),
        (200, '{"credits":null}', "Trouble('200: {\"credits\":null}')", "null is no balance"),
        (200, '{"credits":true}', "Trouble('200: {\"credits\":true}')", "nor is a truth"),
        (200, '{"credits":1e99}', "Trouble('200: {\"credits\":1e99}')", "nor what no ledger could hold"),
        (200, '{"credits":-1.5}', "-1.5", "an account may owe"),
    ],
)
def test_the_answer_to_the_question_for_credits(code: int, body: str, answer: str, reason: str) -> None:
    read = read_credits(code, body)
    said = f"{type(read).__name__}({read.message!r})" if isinstance(read, KeyRefused | Busy | Trouble) else str(read)
    assert said == answer, reason


@pytest.mark.parametrize(
    ("value", "seconds", "reason"),
    [
        ("5", 5.0, "seconds"),
        ("0.5", 0.5, "a fraction of a second"),
        ("-5", 0.0, "nobody waits backwards"),
        ("nan", 0.0, "not a number is no wait"),
        (formatdate(NOW + 90, usegmt=True), 90.0, "a date"),
        (formatdate(NOW - 90, usegmt=True), 0.0, "a date that has passed"),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None, "a date beyond all calendars"),
        ("soon", None, "garbage"),
        ("", None, "nothing"),
    ],
)
def test_how_long_bfl_asks_us_to_wait(value: str, seconds: float | None, reason: str) -> None:
    assert retry_after({"retry-after": value}, NOW) == seconds, reason
    assert retry_after({}, NOW) is None


@given(code=st.integers(100, 599), header=st.text(), body=st.binary() | st.text().map(lambda text: text.encode()))
@example(code=200, header="", body=b"[" * 100_000)
@example(code=200, header="1e999", body=b'{"credits":' + b"9" * 5_000 + b"}")
def test_no_answer_makes_reading_fail(code: int, header: str, body: bytes) -> None:
    headers, text = {"retry-after": header}, body.decode(errors="replace")
    read_submit(code, headers, text, now=NOW)
    read_poll(code, headers, text, now=NOW)
    read_credits(code, text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(), part, max_size=3),
    max_leaves=8,
)
MEMBERS = ("id", "polling_url", "cost", "input_mp", "status", "result", "details", "detail", "message", "credits")
STATUSES = ("Ready", "Error", "Request Moderated", "Pending", "Task not found")


@given(
    code=st.sampled_from([200, 403, 404, 422, 500]),
    body=st.dictionaries(st.sampled_from(MEMBERS), JSON),
    data=st.data(),
)
def test_no_value_in_the_place_of_another_makes_reading_fail(
    code: int, body: dict[str, object], data: st.DataObject
) -> None:
    body |= {"status": data.draw(st.sampled_from(STATUSES))} if data.draw(st.booleans()) else {}
    text = json.dumps(body)
    answer = read_submit(code, {}, text, now=NOW), read_poll(code, {}, text, now=NOW), read_credits(code, text)
    for one in answer:
        str(getattr(one, "message", "")).encode()  # what is said can be written down
