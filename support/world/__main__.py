"""`python -m support.world`: the simulated AWS, its model servers, a language model and the clock, until told to end."""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import socket
import sys
import threading
import warnings
from collections.abc import Callable
from datetime import UTC, datetime

EXIT_USAGE = 2
HOST = "127.0.0.1"

GARBAGE_AFTER = 50_000
"""New objects before the collector looks for cycles; at its default of 700 it takes a tenth of a small server's time."""
START = "2026-03-02T09:00:00+00:00"


class Unusable(Exception):
    """A port that cannot be had; the message says which and what to do."""


def main() -> int:
    """Prints one JSON line with the addresses when everything answers; ends on SIGTERM, SIGINT, or at the end of its input if asked to follow it."""
    gc.set_threshold(GARBAGE_AFTER)
    parser = argparse.ArgumentParser(prog="python -m support.world", description="A simulated AWS, its model servers, a language model and a clock.")
    parser.add_argument("--port", type=int, default=0, help="port for control, clock, network and language model; 0 takes any free one")
    parser.add_argument("--aws-port", type=int, default=0, help="port for AWS; 0 takes any free one")
    parser.add_argument("--seed", type=int, default=20260302, help="seed of the spot market")
    parser.add_argument("--start", type=_moment, default=_moment(START), help=f"the world's time at the start, ISO 8601 (default {START})")
    parser.add_argument("--follow-stdin", action="store_true", help="end when the input ends")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    warnings.filterwarnings("ignore", message=".*does not match an error shape", module="moto")
    try:
        sockets = [_bound(options.port, "--port"), _bound(options.aws_port, "--aws-port")]
    except Unusable as problem:
        print(f"world: {problem}", file=sys.stderr)  # noqa: T201
        return EXIT_USAGE
    return _serve(sockets, options.seed, options.start, follow_stdin=options.follow_stdin)


def _serve(sockets: list[socket.socket], seed: int, start: datetime, *, follow_stdin: bool) -> int:
    import uvicorn

    from support.world.clock.world_clock import WorldClock
    from support.world.preload import moto

    clock = WorldClock(start)
    moto.give_time(lambda: clock.now)

    from support.world.accounts import Accounts
    from support.world.app import WorldApp
    from support.world.aws.events import Events
    from support.world.server import JoinedAnswers, WokenServer
    from support.world.world import World

    world = World(clock, Accounts(seed), Events(clock))
    own, aws = (bound.getsockname()[1] for bound in sockets)
    base = f"http://{HOST}:{own}"
    addresses = {"aws": f"http://{HOST}:{aws}", "control": base, "network": base, "llm": f"{base}/llm/v1", "clock": f"{base}/clock"}

    class Server(WokenServer):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            gc.freeze()  # what start-up made stays, and need not be looked through again
            if self.started:
                print(json.dumps(addresses), flush=True)  # noqa: T201  the one line of the contract

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await world.events.close()
            await super().shutdown(sockets)

    app = WorldApp(world, aws, own)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,  # each line of an answer's head is read by whoever asked
        date_header=False,  # it would have to be kept up to date, and the world's time is another
        lifespan="off",
        http=JoinedAnswers,
        ws="websockets-sansio",
        ws_ping_interval=None,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=3600,
        backlog=512,
    )
    server = Server(config)
    if follow_stdin:
        threading.Thread(target=_follow, args=(server.end,), name="stdin", daemon=True).start()
    server.run(sockets=sockets)
    return 0 if server.started else EXIT_USAGE


def _follow(end: Callable[[], None]) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    end()


def _bound(port: int, option: str) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        bound.bind((HOST, port))
    except (OSError, OverflowError) as error:
        raise Unusable(f"port {port} on {HOST} cannot be used ({error}); choose another with {option}") from error
    return bound


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not an ISO 8601 time such as {START}") from error
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
