"""`python -m support.platform`: serves the platform until it is told to end."""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import socket
import sys
import threading

EXIT_USAGE = 2
HOST = "127.0.0.1"

GARBAGE_AFTER = 50_000
"""New objects before the collector looks for cycles; at its default of 700 it takes a tenth of a small server's time."""


def main() -> int:
    """Prints one JSON line with its address when it answers; ends on SIGTERM, SIGINT, or at the end of its input if asked to follow it."""
    gc.set_threshold(GARBAGE_AFTER)
    parser = argparse.ArgumentParser(
        prog="python -m support.platform", description="The OptiInfra reference platform; configured by OPTIINFRA_* variables."
    )
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes any free one")
    parser.add_argument("--follow-stdin", action="store_true", help="end when the input ends")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for noisy in ("botocore", "urllib3", "websockets"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        listening = bound(options.port)
    except (OSError, OverflowError) as error:
        return _refuse(f"port {options.port} on {HOST} cannot be used ({error}); choose another with --port")
    return _serve(listening, follow_stdin=options.follow_stdin)


def bound(port: int) -> socket.socket:
    """A socket to listen on; its connections send at once, or each answer in two parts would wait 40 ms for the acknowledgement of the first.

    OSError or OverflowError if the port cannot be had.
    """
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.bind((HOST, port))
    return made


def _serve(listening: socket.socket, *, follow_stdin: bool) -> int:
    from pydantic import ValidationError

    from support.platform.settings import Settings

    try:
        settings = Settings()
    except ValidationError as error:
        wrong = "; ".join(f"OPTIINFRA_{'_'.join(map(str, item['loc'])).upper()}: {item['msg']}" for item in error.errors())
        return _refuse(f"the configuration cannot be used: {wrong}")
    return _run(listening, settings, follow_stdin=follow_stdin)


def _run(listening: socket.socket, settings: object, *, follow_stdin: bool) -> int:
    import uvicorn
    from sqlalchemy.exc import SQLAlchemyError

    from support.platform.app import create_app
    from support.platform.clock_service import ClockUnavailable
    from support.platform.server import WokenServer
    from support.platform.services import build
    from support.platform.settings import Settings

    assert isinstance(settings, Settings)
    services = build(settings)
    try:
        services.database.ping()
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        return _refuse(f"the database cannot be used ({reason}); start it, or mend OPTIINFRA_DATABASE_URL")
    url = f"http://{HOST}:{listening.getsockname()[1]}"
    services.public_url = settings.public_url or url

    class Server(WokenServer):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            gc.freeze()  # what start-up made stays, and need not be looked through again
            if self.started:
                print(json.dumps({"url": url}), flush=True)  # noqa: T201  the one line of the contract

    config = uvicorn.Config(
        create_app(settings, services),
        log_config=None,
        access_log=False,
        ws="websockets-sansio",
        proxy_headers=False,
        http="httptools",
        timeout_graceful_shutdown=2,
        backlog=512,
    )
    server = Server(config)
    try:
        services.clock.start()
    except ClockUnavailable as error:
        return _refuse(f"{error}; start it, or mend OPTIINFRA_CLOCK_URL")
    if follow_stdin:
        threading.Thread(target=_follow, name="stdin", daemon=True).start()
    server.run(sockets=[listening])
    return 0 if server.started else EXIT_USAGE


def _follow() -> None:
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)  # at once: whoever started this process is gone, and the work is durable


def _refuse(message: str) -> int:
    print(f"optiinfra platform: {message}", file=sys.stderr)  # noqa: T201
    return EXIT_USAGE


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # threads that wait for a moment that will not come must not keep the process; the work is durable
