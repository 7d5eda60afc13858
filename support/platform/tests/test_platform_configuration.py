"""A configuration that cannot be used is told in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr

from support.platform import __main__ as command
from support.platform.clock_service import ClockServiceClient
from support.platform.settings import Settings

KEY = {"OPTIINFRA_TOKEN_KEY": "k" * 40}


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, "OPTIINFRA_TOKEN_KEY: Field required"),
        ({"OPTIINFRA_TOKEN_KEY": "short"}, "OPTIINFRA_TOKEN_KEY: Value should have at least 32 items"),
        (KEY | {"OPTIINFRA_DATABASE_URL": "mysql://nowhere/x"}, "OPTIINFRA_DATABASE_URL: String should match pattern"),
        (KEY | {"OPTIINFRA_CLOCK_URL": "nonsense"}, "OPTIINFRA_CLOCK_URL: String should match pattern"),
        (KEY | {"OPTIINFRA_DATABASE_URL": "sqlite:////no/such/folder/x.sqlite"}, "the database cannot be used (unable to open database file)"),
        (KEY | {"OPTIINFRA_DATABASE_URL": "postgresql+psycopg://u:hidden@127.0.0.1:1/x"}, "the database cannot be used (connection failed"),
    ],
)
def test_it_names_what_is_wrong_and_ends_with_code_2(environment: dict[str, str], told: str) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OPTIINFRA_")}
    command = [sys.executable, "-m", "support.platform"]
    ended = subprocess.run(command, env=inherited | environment, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    assert ended.returncode == 2
    assert ended.stderr.startswith("optiinfra platform: ")
    assert told in ended.stderr
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
    assert "hidden" not in ended.stderr
    assert not ended.stdout


def test_a_clock_that_does_not_answer_is_named_likewise(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    impatient = partial(ClockServiceClient, patience_seconds=0.1)
    monkeypatch.setattr("support.platform.clock_service.ClockServiceClient", impatient)
    with command.bound(0) as nobodys, command.bound(0) as listening:
        settings = Settings(
            token_key=SecretStr("k" * 40),
            database_url=f"sqlite:///{tmp_path}/x.sqlite",
            clock_url=f"http://{command.HOST}:{nobodys.getsockname()[1]}/clock",
        )
        assert command._run(listening, settings, follow_stdin=False) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1, told
    assert told[0].startswith("optiinfra platform: the clock service at ws://")
    assert told[0].endswith("start it, or mend OPTIINFRA_CLOCK_URL")
