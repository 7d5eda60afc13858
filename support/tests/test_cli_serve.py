"""`acceptance serve`, `watch` and `postgres`: what they take, what they write, and that nothing outlives them."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
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
    token_key="k" * 40,
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


@pytest.mark.parametrize(
    ("text", "told"),
    [("throttle:ec2:RunInstances:3", "ec2:RunInstances: throttle, 3 times"), ("lost_response:ec2:*:1", "ec2:*: lost response, once")],
)
def test_a_fault_is_told_in_words(text: str, told: str) -> None:
    assert str(fault_from(text)) == told


@pytest.mark.parametrize("text", ["", "throttle", "explode:ec2:RunInstances", "throttle:ec2:RunInstances:often"])
def test_a_wrong_fault_is_told_with_the_kinds(text: str) -> None:
    with pytest.raises(Problems, match="write kind:service:action"):
        fault_from(text)


@pytest.mark.parametrize(
    ("text", "instead"),
    [("throttle:ec3:RunInstances", "the services are ec2, elbv2"), ("throttle:ec2:RunInstances_", "did you mean RunInstances")],
)
def test_a_fault_in_what_aws_does_not_have_is_told_with_what_is_near(text: str, instead: str) -> None:
    with pytest.raises(Problems, match=instead):
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
    assert (target.secret("admin_password"), target.secret("token_key")) == ("open sesame", "k" * 40)
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


def test_a_server_ends_with_an_owner_who_is_killed() -> None:
    script = (
        "import os, signal\nfrom support.postgres import own_server\n"
        "with own_server() as server:\n    print(server.get_pid(), flush=True)\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    server = os.pidfd_open(int(ended.stdout)) if Path("/proc", ended.stdout.strip()).exists() else None
    assert server is None or select.select([server], [], [], 30)[0], "the server goes on"


@pytest.mark.parametrize(("words", "message"), [(["true"], "has no {url}"), (["no-such-program", "{url}"], "is no command that can be found")])
def test_a_command_that_cannot_run_is_told(words: list[str], message: str) -> None:
    ended = CliRunner().invoke(application(), ["postgres", "--", *words])
    assert isinstance(ended.exception, Problems)
    assert message in str(ended.exception)


@contextmanager
def served(*words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running `acceptance serve` and what it has printed when it is ready; ended by force if the test does not end it."""
    command = [sys.executable, "-m", "support.cli", "serve", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}) as process:  # noqa: S603
        try:
            printed = ""
            while "Ctrl-C ends everything." not in printed and (line := process.stdout.readline() if process.stdout else ""):
                printed += line
            yield process, printed
        finally:
            process.kill()


def test_what_serve_prints_works_and_ctrl_c_ends_everything(tmp_path: Path) -> None:
    file = tmp_path / "served.toml"
    with served("--persona", "Tinker", "--write-target", str(file)) as (process, printed):
        found = told(r"address +(?P<address>http://\S+)", printed)
        login = told(r"login +(?P<username>\S+) / (?P<password>\S+)", printed)
        customer = told(r"customer +(?P<id>cus_\w+)", printed)
        keys = dict(re.findall(r"export (AWS_\w+)=(\S+)", printed))
        tokens = httpx.post(f"{found['address']}/auth/login", json=login).json()
        mine = {"Authorization": f"Bearer {tokens['access_token']}"}
        fleet = httpx.get(f"{found['address']}/customers/{customer['id']}/infrastructure", headers=mine).json()
        assert {instance["instance_type"] for instance in fleet["instances"]} == {"g5.xlarge"}, "Tinker's fleet is discovered"
        account = aws(keys, "ec2", "describe_instances")
        assert sum(len(reservation["Instances"]) for reservation in account["Reservations"]) == 3
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0
        for address in (found["address"], keys["AWS_ENDPOINT_URL"]):
            with pytest.raises(httpx.ConnectError):
                httpx.get(address)


def told(pattern: str, printed: str) -> dict[str, str]:
    """What `serve` printed there."""
    found = re.search(pattern, printed)
    assert found, f"{pattern} is not in what was printed:\n{printed}"
    return found.groupdict()


def aws(keys: dict[str, str], service: str, operation: str) -> dict[str, Any]:
    """What AWS answers to somebody who has pasted the printed settings."""
    script = f"import boto3, json, sys; json.dump(boto3.client({service!r}).{operation}(), sys.stdout, default=str)"
    environment = {**os.environ, **{name: value.strip("'") for name, value in keys.items()}}
    answer = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)  # noqa: S603
    said: dict[str, Any] = json.loads(answer.stdout)
    return said
