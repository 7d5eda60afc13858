"""`python -m support.sabotage.null ...`: a server in the platform's place that does nothing right, to show that no scenario passes by itself."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from support.sabotage.nothing import KINDS, VARIABLE_OF_KIND

Answer = tuple[int, bytes]
Answering = Callable[[str, str, bytes], Answer | None]
"""What to answer to method, path and body; nothing means never."""


def answering(kind: str) -> Answering:
    """How a null platform of that kind answers."""
    if kind == "random":
        from support.sabotage.random_documents import RandomPlatform

        return RandomPlatform.of_the_reference().answer
    simple: dict[str, Answering] = {
        "not-found": lambda _method, _path, _body: (404, b'{"title": "Not Found", "status": 404}'),
        "empty": lambda _method, _path, _body: (200, b"{}"),
        "echo": lambda _method, _path, body: (200, body or b"{}"),
        "silent": lambda _method, _path, _body: None,
    }
    return simple[kind]


def server(kind: str, port: int = 0) -> ThreadingHTTPServer:
    """A null platform on that port of loopback, bound but not yet serving."""
    answer = answering(kind)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            found = answer(self.command, self.path.partition("?")[0], body)
            if found is None:
                self.connection.recv(1)  # until the other side gives up
                self.close_connection = True
                return
            status, document = found
            self.send_response(status)
            self.send_header("Content-Type", "application/problem+json" if status >= 400 else "application/json")
            self.send_header("Content-Length", str(len(document)))
            self.end_headers()
            self.wfile.write(document)

        do_POST = do_PATCH = do_PUT = do_DELETE = do_GET  # noqa: N815 - the names that the standard library calls

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the standard library's signature
            """A null platform has nothing to tell."""

    found = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    found.daemon_threads = True
    return found


def main() -> None:
    """Prints its address when it answers; ends with its input if asked to follow it."""
    parser = argparse.ArgumentParser(prog="python -m support.sabotage.null")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--follow-stdin", action="store_true")
    parser.add_argument("--kind", choices=KINDS, default=os.environ.get(VARIABLE_OF_KIND, "empty"))
    options = parser.parse_args()
    serving = server(options.kind, options.port)
    if options.follow_stdin:
        threading.Thread(target=_follow, args=(serving,), daemon=True).start()
    print(json.dumps({"url": f"http://127.0.0.1:{serving.server_port}"}), flush=True)  # noqa: T201 - the line that the suite waits for
    serving.serve_forever(poll_interval=0.05)


def _follow(serving: ThreadingHTTPServer) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    serving.shutdown()


if __name__ == "__main__":
    main()
