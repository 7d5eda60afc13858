"""`acceptance serve`, `watch` and `postgres`: what they take, what they write, and that nothing outlives them."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from support.cli import application
from support.drivers.embedded import Running
from support.problems import Problems
from support.serving import Fault, environment_for, fault_from, persona_named, write_target
from support.settings import Addresses, load_target

RUNNING = Running(
    addresses=Addresses(
        platform="http://127.0.0.1:1",
        aws="http://127.0.0.1:2",
        control="http://127.0.0.1:3",
        network="http://127.0.0.1:3",
        clock="http://127.0.0.1:3/clock",
    ),
    database_url="sqlite:////tmp/platform.sqlite",
    admin_password="open sesame",
)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("throttle:ec2:RunInstances:3", Fault("throttle", "ec2", "RunInstances", 3)),
        ("insufficient_capacity:ec2:*", Fault("insufficient_capacity", "ec2", "*", None)),
    ],
)
def test_a_fault_is_kind_service_action_and_perhaps_times(text: str, fault: Fault) -> None:
    assert fault_from(text) == fault


@pytest.mark.parametrize("text", ["", "throttle", "explode:ec2:RunInstances", "throttle:ec2:RunInstances:often"])
def test_a_wrong_fault_is_told_with_the_kinds(text: str) -> None:
    with pytest.raises(Problems, match="write kind:service:action"):
        fault_from(text)


def test_an_unknown_persona_is_told_with_those_that_exist() -> None:
    with pytest.raises(Problems, match="Northwind, Acme Corp, Meridian Bank, Pulse, Tinker"):
        persona_named("Contoso")


def test_the_written_target_is_one_that_pytest_takes_and_holds_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "served.toml"
    secrets = write_target(file, RUNNING)
    assert "sesame" not in file.read_text(encoding="utf-8")
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    for name, value in environment_for(RUNNING).items():
        assert f"export {name}='{value}'" in secrets.read_text(encoding="utf-8")
        monkeypatch.setenv(name, value)
    target = load_target(str(file))
    assert target.addresses == RUNNING.addresses
    assert target.secret("admin_password") == "open sesame"
    assert target.declares("clock_control")
    assert not target.declares("process_control")


def test_a_command_runs_with_a_fresh_postgresql(tmp_path: Path) -> None:
    script = tmp_path / "ask.py"
    script.write_text(
        "import sys\nfrom sqlalchemy import create_engine, text\n"
        "with create_engine(sys.argv[1]).connect() as connection:\n"
        f"    open({str(tmp_path / 'version')!r}, 'w').write(connection.execute(text('show server_version')).scalar_one())\n"
        "sys.exit(5)\n",
        encoding="utf-8",
    )
    ended = CliRunner().invoke(application(), ["postgres", "--", sys.executable, str(script), "{url}"])
    assert ended.exit_code == 5, "the exit code is the command's"
    assert int((tmp_path / "version").read_text(encoding="utf-8").split(".")[0]) >= 14


@pytest.mark.parametrize(("words", "message"), [(["true"], "has no {url}"), (["no-such-program", "{url}"], "is no command that can be found")])
def test_a_command_that_cannot_run_is_told(words: list[str], message: str) -> None:
    ended = CliRunner().invoke(application(), ["postgres", "--", *words])
    assert isinstance(ended.exception, Problems)
    assert message in str(ended.exception)
