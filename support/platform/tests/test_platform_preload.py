"""Whoever has preloaded the platform has all that starting a server of it loads; only the database's own driver is told by its address."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

STARTING = """
import sys
import support.platform.preload
import uvicorn
from support.platform import app, rooms
from support.platform.identity import service, tokens
from support.platform.settings import Settings
loaded = set(sys.modules)
services = app.build(Settings(database_url=sys.argv[1], token_key="k" * 32, aws_endpoint_url="http://127.0.0.1:9"))
app.create_app(services.settings, services).openapi()
services.clock.start()
app.open_house(services)
services.cloud.warm()
service.hasher(services.settings).hash(services.settings.token_key)
tokens.unseal(services.settings, tokens.seal(services.settings, "x"))
config = uvicorn.Config(app.create_app(services.settings, services), ws="websockets-sansio", http="httptools")
config.load()
config.get_loop_factory()
rooms.stop(services)
services.close()
assert app.published.cache_info().misses == 1
print(*(name for name in set(sys.modules) - loaded if name.split(".")[0] in sys.argv[2:]))
"""
NAMES = ("support", "fastapi", "pydantic", "botocore", "uvicorn", "uvloop", "anyio", "argon2", "jwt", "cryptography", "websockets")


def test_starting_a_server_loads_nothing_more(tmp_path: Path) -> None:
    said = subprocess.run(  # noqa: S603 - our own text
        [sys.executable, "-c", STARTING, f"sqlite:///{tmp_path / 'platform.sqlite'}", *NAMES],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
        env={"PATH": "", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_CONFIG_FILE": "/dev/null"},
    )
    assert said.stdout.strip() == ""
