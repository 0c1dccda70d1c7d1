"""The way out of the house: a webhook, or a command that gets the same document on its standing input.

What an address or a command says is in no error and no log: some services have their key in it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from batches.errors import SettingError
from workers.account_file import read_file
from workers.accounts import FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batches.store.ledger.notices import Event, Notice
    from workers.settings import Settings

SECONDS = 5.0
"""For an answer, or for a command's end: a notice that takes longer is sent again later."""


class NotTold(Exception):
    """A notice was not taken. The message names no address and no argument."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """Where notices go."""

    url: str | None = field(default=None, repr=False)  #: posted to
    secret: str | None = field(default=None, repr=False)  #: signs what is posted
    command: Sequence[str] | None = field(default=None, repr=False)  #: started without a shell
    on: frozenset[Event]  #: what is told
    failures_percent: int  #: a greater part of the latest attempts that fails is told

    def send(self, notice: Notice, now: float) -> None:
        """Tell everybody who is to be told; raises NotTold."""
        body = json.dumps(document(notice), ensure_ascii=False).encode()
        if self.url is not None:
            _post(self.url, body, {"Idempotency-Key": notice.key, **self._signature(body, now)})
        if self.command is not None:
            _start(self.command, body + b"\n")

    def _signature(self, body: bytes, now: float) -> dict[str, str]:
        """Over the time and the body, so that what was sent long ago cannot be sent anew by somebody else."""
        if self.secret is None:
            return {}
        moment = str(int(now))
        digest = hmac.new(self.secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
        return {"X-Fluxbatch-Signature": f"t={moment},v1={digest}"}


def document(notice: Notice) -> dict[str, object]:
    """What is sent: the same each time."""
    return {
        "id": notice.key,
        "event": notice.event.value,
        "batch": notice.batch_id,
        "text": notice.text,
        "figures": notice.figures,
        "time": datetime.fromtimestamp(notice.at, UTC).isoformat(timespec="seconds"),
        "fluxbatch": version("fluxbatch"),
    }


def hook_of(settings: Settings) -> Hook | None:
    """What fluxbatch.toml says; None where nobody is to be told. Raises SettingError for a secret that is not set."""
    file = settings.config or FILE
    shape = read_file(file).notify if settings.config or file.exists() else None
    if shape is None:
        return None
    secret = os.environ.get(shape.secret_env) if shape.secret_env else None
    if shape.secret_env and not secret:
        raise SettingError(
            f"{file}: `notify.secret_env` names {shape.secret_env}, which is not set.",
            cure=f"Set {shape.secret_env}, or leave `secret_env` out to send notices unsigned.",
        )
    return Hook(
        url=shape.url,
        secret=secret,
        command=shape.command,
        on=shape.events,
        failures_percent=shape.failures_percent,
    )


def _post(url: str, body: bytes, headers: dict[str, str]) -> None:
    """A redirect is no answer: what is meant for one host goes to no other."""
    host = urlsplit(url).hostname
    try:
        # trust_env off: a proxy picked up by accident must not see what is told.
        with httpx.Client(timeout=SECONDS, trust_env=False, follow_redirects=False) as http:
            answer = http.post(url, content=body, headers={"Content-Type": "application/json", **headers})
    except httpx.HTTPError as error:
        raise NotTold(f"{host} does not answer: {type(error).__name__}") from None
    if not answer.is_success:
        raise NotTold(f"{host} answered {answer.status_code}")


def _start(command: Sequence[str], body: bytes) -> None:
    try:
        done = subprocess.run(  # noqa: S603  # the command that the user has written down, without a shell
            command, input=body, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=SECONDS, check=False
        )
    except OSError as error:
        raise NotTold(f"the command cannot be started: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise NotTold(f"the command took more than {SECONDS:.0f} s") from None
    if done.returncode != 0:
        raise NotTold(f"the command ended with code {done.returncode}")
