"""The program that draws: a Vega-Lite spec on each line of its input, an SVG as a JSON string on each of its output.

It is a process of its own, because the engine takes 70 MB, which a worker would keep after its first receipt.
"""

from __future__ import annotations

import json
import sys

import vl_convert


def main() -> None:
    """Draw until there is nothing more to draw."""
    for spec in sys.stdin:
        sys.stdout.write(json.dumps(vl_convert.vegalite_to_svg(spec)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
