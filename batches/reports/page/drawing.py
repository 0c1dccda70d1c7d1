"""Vega-Lite specs -> SVG that stands inside a page: in the page's colours, with words for those who cannot see it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from batches.errors import FluxbatchError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

WIDTH = 420
"""Pixels of a chart. Two stand side by side on a screen and on paper, and one still reads on a telephone."""

INK, MUTED, FAINT, LINE, ACCENT = "var(--ink)", "var(--muted)", "var(--faint)", "var(--line)", "var(--accent)"
"""Colours are the page's own, so that charts follow it from light to dark."""

SHADES = tuple(f"var(--shade-{number})" for number in range(1, 7))
"""Of the accent, the strongest first."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"

CONFIG = {
    "aria": False,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "domain": False, "ticks": False, "grid": False, "labelFontSize": 12, "labelPadding": 8, "labelColor": MUTED,
        "gridColor": LINE, "title": None, "labelLimit": 190,
    },
    "legend": {
        "orient": "top", "title": None, "labelFontSize": 12, "labelColor": MUTED, "symbolType": "square",
        "symbolStrokeWidth": 0, "columns": 3, "offset": 12, "columnPadding": 22, "labelLimit": 130,
    },
    "text": {"fontSize": 12, "color": INK},
}  # fmt: skip

OUTER = re.compile(r'^<svg [^>]*?(viewBox="[^"]+")[^>]*>')
ROLES = re.compile(r' (?:role="graphics-\w+"|aria-roledescription="[^"]*")')
"""Of parts that have no words of their own: the chart as a whole has them."""

CLIP = re.compile(r'(id="|url\(#)clip')


class Easel:
    """What draws the charts of one page: a process that is started with the first one, and ends with the block."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            self._process.communicate()

    def svg(self, spec: Mapping[str, object]) -> str:
        """The spec, drawn."""
        if self._process is None:
            program = [sys.executable, str(Path(__file__).with_name("easel.py"))]
            self._process = subprocess.Popen(  # noqa: S603  # our own program
                program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(spec) + "\n")
        self._process.stdin.flush()
        drawn = self._process.stdout.readline()
        if not drawn:
            raise FluxbatchError("The charts could not be drawn: the program that draws them has ended.")
        return str(json.loads(drawn))


def draw(spec: Mapping[str, object], easel: Easel, *, name: str, title: str, told: str) -> Markup:
    """A chart as SVG; `name` is its own on the page, `title` and `told` are what a screen reader says."""
    whole = {"width": WIDTH, "autosize": {"type": "fit", "contains": "padding"}, "padding": 0, **spec}
    drawn = easel.svg({**whole, "background": "transparent", "config": CONFIG})
    head = f'<svg role="img" aria-labelledby="{name}-title {name}-told" \\1>'
    words = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-told">{escape(told)}</desc>'
    body = ROLES.sub("", CLIP.sub(rf"\1{name}-clip", drawn))
    return Markup(OUTER.sub(lambda found: found.expand(head) + words, body, count=1))  # noqa: S704  # Vega escapes texts
