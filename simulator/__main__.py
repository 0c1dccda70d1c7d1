"""The command: `python -m simulator`."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

from simulator.app import create_app
from simulator.config import Config
from simulator.faults.table import BadFault, load_faults
from simulator.journal import TornBooks
from simulator.moderation import Words
from simulator.server import CannotListen, bound, serve


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with an option."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"simulator: {message}\n")


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, not {text!r}")
    return int(text)


def _positive(text: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        amount = 0
    if not 0 < amount < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number above 0, not {text!r}")
    return amount


def _parser(prog: str) -> _Parser:
    words = Words()
    parser = _Parser(prog=prog, description="Stands in for the BFL API over real HTTP.")
    option = parser.add_argument
    option("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    option("--port", type=_port, default=0, help="port to listen on; 0 takes any free one (%(default)s)")
    option("--speed", type=_positive, default=1.0, help="how many times faster than the real service (1)")
    option("--median", type=_positive, metavar="SECONDS", help="of all tasks; else as each model was measured")
    option("--spread", type=_positive, default=0.25, metavar="SIGMA", help="of the log-normal latency (%(default)s)")
    option("--slots", type=int, default=24, help="active tasks of a key in the standard lane (%(default)s)")
    option("--no-progress", action="store_true", help="leave progress out of polls")
    option("--credits", type=_positive, default=10_000.0, help="balance of every new key (10000)")
    option("--random-seed", type=int, default=0, help="start of all dice (0)")
    option("--books", type=Path, metavar="FILE", help="journal that lets a restart remember")
    option("--public-url", metavar="URL", help="start of the URLs handed out")
    option(
        "--regional",
        type=_port,
        nargs="?",
        const=0,
        metavar="PORT",
        help="a second port, any free one by default, on which alone tasks are known",
    )
    option("--no-webhook-secret", action="store_true", help="leave X-Webhook-Secret out")
    option("--no-webhook-signature", action="store_true", help="leave X-BFL-Signature out")
    option("--faults", type=Path, metavar="FILE", help="YAML list of what goes wrong from the start")
    option("--word-request-moderated", default=words.request_moderated, metavar="WORD")
    option("--word-content-moderated", default=words.content_moderated, metavar="WORD")
    option("--word-hiccup", default=words.hiccup, metavar="WORD")
    option("--word-crash", default=words.crash, metavar="WORD")
    option("--while-stdin-open", action="store_true", help="leave when standard input ends")
    return parser


def _config(options: argparse.Namespace, region_port: int | None) -> Config:
    return Config(
        speed=options.speed,
        median=options.median,
        spread=options.spread,
        slots=options.slots,
        progress=not options.no_progress,
        credits=options.credits,
        random_seed=options.random_seed,
        books=options.books,
        public_url=options.public_url,
        region_port=region_port,
        webhook_secret_header=not options.no_webhook_secret,
        webhook_signature=not options.no_webhook_signature,
        faults=tuple(load_faults(options.faults)) if options.faults else (),
        words=Words(
            request_moderated=options.word_request_moderated,
            content_moderated=options.word_content_moderated,
            hiccup=options.word_hiccup,
            crash=options.word_crash,
        ),
    )


def main(arguments: list[str] | None = None, *, prog: str = "python -m simulator") -> int:
    """Serve until told to stop; 2 when it cannot begin."""
    parser = _parser(prog)
    options = parser.parse_args(arguments)
    if options.regional is not None and options.public_url is not None:
        parser.error("--regional hands out direct addresses and excludes --public-url")
    with ExitStack() as stack:
        try:
            ports = [port for port in (options.port, options.regional) if port is not None]
            held = [stack.enter_context(bound(options.host, port)) for port in ports]
            region_port = None if options.regional is None else held[-1].getsockname()[1]
            app = create_app(_config(options, region_port))
        except (CannotListen, OSError, TornBooks, BadFault) as error:
            print(f"simulator: {error}", file=sys.stderr)  # noqa: T201 -- a command speaks to people
            return 2
        serve(app, held, while_stdin_open=options.while_stdin_open)
    return 0


if __name__ == "__main__":
    sys.exit(main())
