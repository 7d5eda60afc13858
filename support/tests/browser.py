"""A headless Chromium, driven over its own protocol: enough to open a page, run a line in it and see what it shows."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--remote-debugging-port=0"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
_READY = re.compile(r"DevTools listening on (ws://\S+)")


class Page:
    """One page of the browser."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._sent = 0

    def open(self, url: str, width: int = 1200, height: int = 900) -> Self:
        """Opens the address in a window of this size."""
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self._call("Page.enable")
        self._call("Page.navigate", url=url)
        self.run("new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', done))")
        return self

    def on_paper(self) -> None:
        """Shows the page as it would be printed, by somebody whose screen is dark."""
        self._call("Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": "dark"}])

    def run(self, script: str) -> Any:  # noqa: ANN401 - whatever the script gives
        """The value of the expression, awaited in the page; AssertionError with the page's own error."""
        answer = self._call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def shows(self, *texts: str, within_ms: int = 15_000) -> None:
        """Every text is shown, at once or as soon as the page changes; AssertionError with what is shown instead."""
        script = (
            "new Promise(done => { const wanted = %s; const there = () => wanted.every(text => document.body.innerText.includes(text));"
            "const look = new MutationObserver(() => there() && done(''));"
            "look.observe(document, {subtree: true, childList: true, characterData: true});"
            "if (there()) done(''); setTimeout(() => done(document.body.innerText), %d); })"
        )
        shown = self.run(script % (json.dumps(texts), within_ms))
        assert shown == "", f"expected {texts}, the page shows:\n{shown}"

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 - the protocol's own values
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": parameters}))
        while True:
            message: dict[str, Any] = json.loads(self._socket.recv(timeout=30))
            if message.get("id") == self._sent:
                result: dict[str, Any] = message["result"]
                return result


@contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """A page of a browser of its own, which keeps its profile in this folder."""
    assert CHROMIUM is not None, "there is no Chromium here"
    with subprocess.Popen([CHROMIUM, *_FLAGS, f"--user-data-dir={folder}", "about:blank"], stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            errors = process.stderr
            assert errors is not None
            found = next(match for line in errors if (match := _READY.search(line)))
            threading.Thread(target=errors.read, daemon=True).start()
            with connect(_page_address(found[1]), max_size=None) as socket:
                yield Page(socket)
        finally:
            process.kill()


def _page_address(of_browser: str) -> str:
    with connect(of_browser) as socket:
        socket.send(json.dumps({"id": 1, "method": "Target.getTargets"}))
        while (message := json.loads(socket.recv(timeout=30))).get("id") != 1:
            pass
    page = next(target for target in message["result"]["targetInfos"] if target["type"] == "page")
    return f"{of_browser.partition('/devtools/')[0]}/devtools/page/{page['targetId']}"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which the folder is served."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the standard library's signature
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
