"""What is sent: a job's parameters, with the bytes of each input image in place of its reference.

The bytes are read when the job is submitted, so that neither ledger nor queue ever holds them.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class UnusableInput(Exception):
    """An input image is gone, cannot be read, or is no longer what was planned. The message names the cure."""


def body_of(params: Mapping[str, object]) -> dict[str, object]:
    """The JSON body of this job; raises UnusableInput."""
    return {name: _sent(value) for name, value in params.items()}


def _sent(value: object) -> object:
    match value:
        case {"file": str(file), "sha256": str(sha256)}:
            return _base64(file, sha256)
        case list():
            return [_sent(one) for one in value]
    return value


def _base64(file: str, sha256: str) -> str:
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        message = f"the input image {file} cannot be read: {error.strerror}"
        raise UnusableInput(f"{message}; put it back and submit the manifest again") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise UnusableInput(f"the input image {file} changed after it was planned; submit the manifest again")
    return b64encode(data).decode()
