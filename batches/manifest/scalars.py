"""What an unquoted YAML value means: null, true, false and numbers as YAML 1.2 has them; all else is text.

So `16:9`, `no`, `2024-01-01` and `1_000` stay what they look like. Infinities and not-a-number stay text too:
JSON, which the API speaks, cannot say them.
"""

from __future__ import annotations

import math
import re

WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# Python takes minutes to read a million digits exactly; beyond 40 they are read as a decimal.
WHOLE = re.compile(r"[-+]?[0-9]{1,40}|0o[0-7]{1,40}|0x[0-9a-fA-F]{1,40}")
DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def resolve(text: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar."""
    if text in WORDS:
        return WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if WHOLE.fullmatch(text):
        return int(text, 0 if text[:2] in {"0o", "0x"} else 10)
    if DECIMAL.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text
