"""`acceptance serve`: the platform and its world, to explore by hand."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from support.drivers.embedded import Embedded, Running
    from support.drivers.live import Live
    from support.personas import Persona
    from support.serving import Fault
    from support.story import Customer

Persona_ = Annotated[str, typer.Option("--persona", help="Who is a customer already: Northwind, Acme Corp, Meridian Bank, Pulse, Tinker.")]
Fault_ = Annotated[list[str] | None, typer.Option("--fault", help="kind:service:action[:times]: what fails for OptiInfra; may be repeated.")]
Port_ = Annotated[int, typer.Option("--port", min=0, max=65535, help="Where the platform answers; 0 takes any free port.")]
Target_ = Annotated[
    Path | None, typer.Option("--write-target", help="Write a target file here, for pytest --target=FILE, and its secrets beside it.")
]


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    examples = (
        "acceptance serve --port 8080",
        'acceptance serve --persona "Meridian Bank"',
        "acceptance serve --fault throttle:ec2:RunInstances:3",
        "acceptance serve --write-target /tmp/served.toml",
    )
    app.command(epilog="Examples: " + " · ".join(f"`{example}`" for example in examples))(serve)


def serve(persona: Persona_ = "Tinker", fault: Fault_ = None, port: Port_ = 0, write_target: Target_ = None) -> None:
    """Start the platform and its world, with a customer and a fleet, and print how to reach them.

    Time stands still until you move it. Ctrl-C ends everything. Exit code 1 if a process ends by itself.
    """
    from support.serving import fault_from, persona_named, start
    from support.settings import load_target
    from support.writable import file_for

    if write_target is not None:
        file_for(write_target, "--write-target")
    faults = [fault_from(text) for text in fault or ()]
    who = persona_named(persona)
    embedded = start(load_target("embedded"), port)
    try:
        ended = asyncio.run(_serve(embedded, who, faults, write_target))
    finally:
        embedded.end()
    if ended:
        typer.echo(ended, err=True)
        raise typer.Exit(1)


async def _serve(embedded: Embedded, persona: Persona, faults: list[Fault], target_file: Path | None) -> str:
    """Serves until somebody asks to end; what ended by itself, in words, or nothing."""
    from support.drivers.live import Live
    from support.serving import described, settle_in
    from support.settings import load_target

    enough = asyncio.Event()
    loop = asyncio.get_running_loop()
    for asked in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(asked, enough.set)
    running = await loop.run_in_executor(None, embedded.running)
    live = await Live.open(load_target("embedded"), running, embedded)
    try:
        customer = await settle_in(live, persona, faults)
        for title, lines in described(live, customer):
            typer.secho(f"\n{title}", bold=True)
            for name, value in lines:
                typer.echo(f"  {name:<14}{value}")
        _print_aws(live, customer)
        _print_faults(faults)
        if target_file is not None:
            _print_target(target_file, running)
        typer.echo("\nCtrl-C ends everything.")
        _watch(loop, embedded, enough)
        await enough.wait()
    finally:
        await live.close()
    return _ended_by_itself(embedded)


def _print_aws(live: Live, customer: Customer) -> None:
    from support.serving import aws_settings

    typer.secho(f"\nAWS, account {customer.account} (paste these, then: aws ec2 describe-instances)", bold=True)
    for name, value in aws_settings(live, customer).items():
        typer.echo(f"  export {name}={shlex.quote(value)}")


def _print_faults(faults: list[Fault]) -> None:
    if faults:
        typer.secho("\nWhat fails for OptiInfra in this account (and not for you)", bold=True)
    for fault in faults:
        typer.echo(f"  {fault}")


def _print_target(path: Path, running: Running) -> None:
    from support.serving import write_target

    secrets = write_target(path, running)
    typer.secho("\nThe same features against this platform", bold=True)
    typer.echo(f"  (. {shlex.quote(str(secrets))} && pytest --target={shlex.quote(str(path))})")


def _watch(loop: asyncio.AbstractEventLoop, embedded: Embedded, enough: asyncio.Event) -> None:
    """Sets `enough` when a process ends by itself, where the system can tell without being asked again and again."""
    if hasattr(os, "pidfd_open"):
        for server in (embedded.world, embedded.platform):
            loop.add_reader(os.pidfd_open(server.identifier), enough.set)


def _ended_by_itself(embedded: Embedded) -> str:
    ended = [server for server in (embedded.world, embedded.platform) if not server.running]
    return "\n".join(str(server.lost("ended by itself")) for server in ended)
