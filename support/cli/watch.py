"""`acceptance watch`: the affected scenarios again, at every save."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from support.affected import Affected
    from support.audits.project import Project

WATCHED = ("features", "steps", "support", "pyproject.toml", "conftest.py")
SUFFIXES = (".feature", ".py", ".toml", ".json")
GATHER_MILLISECONDS = 50
"""An editor that writes in several goes has finished by then."""


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog="Examples: `acceptance watch` · `acceptance watch features/rollback -- -x`")(watch)


def watch(
    paths: Annotated[list[str] | None, typer.Argument(help="Features to run at the beginning; words after -- go to pytest.")] = None,
) -> None:
    """Rerun the scenarios that a saved feature, step or support file affects, on a target that is kept.

    A change of the platform or the world starts it anew. Scenarios that kill the platform are skipped here. Ctrl-C ends everything.
    """
    from support.audits.project import find_root

    root = find_root(Path.cwd())
    words = paths or []
    first_option = next((place for place, word in enumerate(words) if word.startswith("-")), len(words))
    first = tuple(os.path.relpath(path, root) for path in words[:first_option])
    asyncio.run(_Watcher(root, words[first_option:]).run(first))


class _Watcher:
    """One kept target and at most one run of pytest on it."""

    def __init__(self, root: Path, options: list[str]) -> None:
        from support.affected import Affected
        from support.cli.kept import KeptTarget
        from support.cli.warm import WarmRunner

        self._root = root
        self._folder = tempfile.TemporaryDirectory(prefix="acceptance-watch-")
        self._target = KeptTarget(Path(self._folder.name))
        evidence = Path(self._folder.name, "evidence.jsonl")
        # Joined by "=": pytest takes the value of an option that it does not know yet for a path, and would look for its settings there.
        self._runner = WarmRunner(root, ["--no-header", f"--target={self._target.file}", "--no-reports", f"--evidence={evidence}", *options])
        self._project: Project | None = None
        self._asked = Affected(())
        self._begun = True

    async def run(self, first: tuple[str, ...]) -> None:
        """Runs these scenarios, then watches until Ctrl-C."""
        enough = asyncio.Event()
        for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(asked, enough.set)
        try:
            await self._watch(first, enough)
        finally:
            await asyncio.to_thread(self._runner.end)
            await asyncio.to_thread(self._target.end)
            self._folder.cleanup()

    async def _watch(self, first: tuple[str, ...], enough: asyncio.Event) -> None:
        from support.affected import Affected

        saves: asyncio.Queue[list[str]] = asyncio.Queue()
        listening = asyncio.create_task(self._listen(saves, enough))  # first of all: what is saved while everything starts counts too
        self._runner.prepare()
        await asyncio.to_thread(self._target.start)
        typer.secho("The target runs. Save a feature, a step or support file.", bold=True)
        if first:
            await self._again(Affected(first), "at your request")
        ahead = asyncio.create_task(asyncio.to_thread(self._read_ahead))
        while (paths := await saves.get()) and not enough.is_set():
            await ahead
            await self._saved(paths)
            ahead = asyncio.create_task(asyncio.to_thread(self._read_ahead))
        await listening

    async def _listen(self, saves: asyncio.Queue[list[str]], enough: asyncio.Event) -> None:
        """Tells what is saved, named from the root, and nothing at the end."""
        from watchfiles import awatch

        watched = [self._root / name for name in WATCHED if (self._root / name).exists()]
        debounce = GATHER_MILLISECONDS * 4
        try:
            async for changes in awatch(*watched, watch_filter=_matters, debounce=debounce, step=GATHER_MILLISECONDS, stop_event=enough):
                saves.put_nowait(sorted({str(Path(path).relative_to(self._root)) for _, path in changes}))
        finally:
            saves.put_nowait([])

    async def _saved(self, paths: list[str]) -> None:
        from support.affected import Affected

        unfinished = await asyncio.to_thread(self._runner.interrupt) or not self._begun
        renewed = asyncio.create_task(asyncio.to_thread(self._runner.changed, paths))
        affected = await asyncio.to_thread(self._affected, paths)
        await renewed
        why = f"{', '.join(paths[:3])}{' and more' if len(paths) > 3 else ''} changed"
        await self._again(affected.with_more(self._asked if unfinished else Affected(())), why)

    def _affected(self, paths: list[str]) -> Affected:
        from support.affected import affected_by, survey

        return affected_by(survey(self._root, self._project), paths)

    def _read_ahead(self) -> None:
        """Reads the whole repository while scenarios run, so that of the next save only what it changed needs to be read."""
        from support.affected import read, survey

        self._project = read(survey(self._root, self._project))

    async def _again(self, asked: Affected, why: str) -> None:
        """Begins a run of what is asked; where the target cannot be started, it is asked for until the next save."""
        from support.cli.standby import Order
        from support.drivers.lost import TargetLost

        self._asked = asked
        self._begun = True
        if not asked.selection:
            typer.echo(f"\n{why}: no scenario is affected")
            return
        typer.secho(f"\n{why}: {' '.join(asked.selection[:4])}{' ...' if len(asked.selection) > 4 else ''}", bold=True)
        if asked.restart:
            try:
                await asyncio.to_thread(self._target.restart, asked.restart)
            except TargetLost as lost:
                typer.secho(f"{lost}\nNothing was executed. Mend it and save.", fg="red")
                self._begun = False
                return
            self._asked = replace(asked, restart=frozenset())
        await asyncio.to_thread(self._runner.start, Order(asked.selection, self._target.environment))


def _matters(_: object, path: str) -> bool:
    return path.endswith(SUFFIXES) and "__pycache__" not in path
