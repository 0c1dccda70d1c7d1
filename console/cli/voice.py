"""How much is said beside results: less with `--quiet`, more with `--verbose`."""

from __future__ import annotations

import logging
from enum import IntEnum


class Voice(IntEnum):
    """Chosen before the verb; the numbers are those of log levels."""

    QUIET = logging.WARNING
    USUAL = logging.INFO
    VERBOSE = logging.DEBUG
