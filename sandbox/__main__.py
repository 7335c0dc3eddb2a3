"""Everything about the bot without an account: a local Discord and a local PiAPI on this machine."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_DEMO_DIRECTORY: Final = Path("demo")
_TOUR_DIRECTORY: Final = Path("tour")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb and return the process's exit code."""
    chosen = _parser().parse_args(arguments)
    if chosen.verb == "serve":
        return _serve(chosen)
    if chosen.verb == "demo":
        return _demo(chosen)
    return _tour(chosen)


def _serve(chosen: argparse.Namespace) -> int:
    from sandbox.stage.serving import serve

    return asyncio.run(
        serve(
            discord_port=chosen.discord_port,
            provider_port=chosen.piapi_port,
            ready_file=chosen.ready_file,
            while_stdin_open=chosen.while_stdin_open,
            record=chosen.record,
            shards=chosen.shards,
        )
    )


def _demo(chosen: argparse.Namespace) -> int:
    from sandbox.console.demo import demo
    from sandbox.page.opening import PageChoice

    page = PageChoice(host=chosen.host, port=chosen.port, opens_browser=not chosen.no_browser)
    return asyncio.run(demo(chosen.bot, chosen.directory, page=page, console=chosen.console))


def _tour(chosen: argparse.Namespace) -> int:
    from sandbox.tour.tour import tour

    return asyncio.run(tour(chosen.bot, chosen.directory))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="serve | demo | tour")
    serve = verbs.add_parser(
        "serve",
        help="both services alone, for a bot that you start yourself",
        description="Serve a local Discord and a local PiAPI on loopback. When both listen, their addresses are"
        " printed as one line of JSON. SIGTERM and Ctrl-C stop them.",
    )
    serve.add_argument("--discord-port", type=_port, default=0, metavar="N", help="default: any free port")
    serve.add_argument("--piapi-port", type=_port, default=0, metavar="N", help="default: any free port")
    serve.add_argument("--ready-file", type=Path, metavar="PATH", help="write the line of JSON there too")
    serve.add_argument("--while-stdin-open", action="store_true", help="also stop at the end of standard input")
    serve.add_argument("--record", type=Path, metavar="PATH", help="write what passes between bot and Discord there")
    serve.add_argument(
        "--shards", type=int, choices=range(1, 17), default=1, metavar="N", help="recommend N shards, a server on each"
    )
    demo = verbs.add_parser(
        "demo",
        help="services and bot, with a page in which the whole bot can be tried",
        description="Start both services and the bot, make a first clip, and serve a page that looks like Discord."
        " Lines that come through a pipe are obeyed as what you would do in Discord.",
    )
    demo.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="where the page is (default: 127.0.0.1)")
    demo.add_argument("--port", type=_port, metavar="N", help="the page's port (default: 8321, or any free one)")
    demo.add_argument("--no-browser", action="store_true", help="do not open the page")
    demo.add_argument("--console", action="store_true", help="type at the terminal what you would do in Discord")
    _add_bot(demo, _DEMO_DIRECTORY, "logs, samples and downloaded clips")
    tour = verbs.add_parser(
        "tour",
        help="the scripted demo: everything once, written down and checked",
        description="Start both services and the bot, do everything once as people would, leave a transcript and the"
        " clips, and fail if a clip is missing, doubled, or was bought twice.",
    )
    _add_bot(tour, _TOUR_DIRECTORY, "the transcript, the clips and the logs")
    return parser


def _add_bot(parser: argparse.ArgumentParser, directory: Path, holds: str) -> None:
    parser.add_argument(
        "--directory", type=Path, default=directory, metavar="PATH", help=f"{holds} (default: {directory})"
    )
    parser.add_argument(
        "bot", nargs="+", metavar="COMMAND", help="after --: the program that is the bot, and its arguments"
    )


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65_535:
        raise argparse.ArgumentTypeError("a port is between 0 and 65535")
    return port


if __name__ == "__main__":
    sys.exit(main())
