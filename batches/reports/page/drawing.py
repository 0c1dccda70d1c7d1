"""Vega-Lite specs -> SVG that stands inside a page: in the page's colours, with words for those who cannot see it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Mapping

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
CLIP = re.compile(r'(id="|url\(#)clip')


def draw(spec: Mapping[str, object], *, name: str, title: str, told: str) -> Markup:
    """A chart as SVG; `name` is its own on the page, `title` and `told` are what a screen reader says."""
    import vl_convert  # it brings an engine along that few commands need

    whole = {"width": WIDTH, "autosize": {"type": "fit", "contains": "padding"}, "padding": 0, **spec}
    drawn = vl_convert.vegalite_to_svg(json.dumps({**whole, "background": "transparent", "config": CONFIG}))
    head = f'<svg role="img" aria-labelledby="{name}-title {name}-told" \\1>'
    words = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-told">{escape(told)}</desc>'
    body = CLIP.sub(rf"\1{name}-clip", drawn)
    return Markup(OUTER.sub(lambda found: found.expand(head) + words, body, count=1))  # noqa: S704  # Vega escapes texts
