"""`acceptance watch`: the affected scenarios again, at every save."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import multiprocessing.process

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

    A change of the platform or the world starts the target anew. Scenarios that kill the platform are skipped here. Ctrl-C ends everything.
    """
    from support.audits.project import find_root

    asyncio.run(_Watcher(find_root(Path.cwd()), paths or []).run())


class _Watcher:
    """One kept target and at most one run of pytest on it."""

    def __init__(self, root: Path, words: list[str]) -> None:
        from support.cli.kept import KeptTarget
        from support.cli.warm import WarmRunner

        self._root = root
        self._folder = tempfile.TemporaryDirectory(prefix="acceptance-watch-")
        self._target = KeptTarget(Path(self._folder.name))
        self._first = [word for word in words if not word.startswith("-")]
        self._options = [word for word in words if word.startswith("-")]
        self._runner = WarmRunner()
        self._project: Project | None = None
        self._pytest: multiprocessing.process.BaseProcess | None = None

    async def run(self) -> None:
        """Watches until Ctrl-C."""
        from watchfiles import awatch

        from support.affected import Affected

        enough = asyncio.Event()
        for asked in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(asked, enough.set)
        try:
            await asyncio.to_thread(self._target.start)
            typer.secho("The target runs. Save a feature, a step or support file.", bold=True)
            unfinished = Affected(tuple(self._first))
            await self._again(unfinished, "at your request")
            ahead = asyncio.create_task(asyncio.to_thread(self._read_ahead))
            watched = [self._root / name for name in WATCHED if (self._root / name).exists()]
            async for changes in awatch(
                *watched, watch_filter=_matters, debounce=GATHER_MILLISECONDS * 4, step=GATHER_MILLISECONDS, stop_event=enough
            ):
                await ahead
                paths = sorted({str(Path(path).relative_to(self._root)) for _, path in changes})
                unfinished = self._affected(paths, unfinished if await self._interrupted() else Affected(()))
                why = f"{', '.join(paths[:3])}{' and more' if len(paths) > 3 else ''} changed"
                if not unfinished.selection:
                    typer.echo(f"\n{why}: no scenario is affected")
                await self._again(unfinished, why)
        finally:
            await self._interrupted()
            await asyncio.to_thread(self._target.end)
            self._folder.cleanup()

    def _affected(self, paths: list[str], unfinished: Affected) -> Affected:
        from support.affected import affected_by
        from support.audits.project import Project

        self._project = Project(self._root, self._project)
        return affected_by(self._project, paths).with_more(unfinished)

    def _read_ahead(self) -> None:
        """Reads the whole repository while the first scenarios run, so that a save needs to read only what it changed."""
        from support.affected import importers_of
        from support.audits.project import Project

        self._project = Project(self._root)
        importers_of(self._project, "support")

    async def _interrupted(self) -> bool:
        """Ends a run that is still going; whether there was one."""
        if self._pytest is None or self._pytest.pid is None or not self._pytest.is_alive():
            return False
        os.kill(self._pytest.pid, signal.SIGINT)
        await asyncio.to_thread(self._pytest.join)
        return True

    async def _again(self, affected: Affected, why: str) -> None:
        if not affected.selection:
            return
        if affected.restart:
            await asyncio.to_thread(self._target.restart)
        typer.secho(f"\n{why}: {' '.join(affected.selection[:4])}{' ...' if len(affected.selection) > 4 else ''}", bold=True)
        evidence = Path(self._folder.name, "evidence.jsonl")
        # Joined by "=": pytest takes the value of an option that it does not know yet for a path, and would look for its settings there.
        options = ["--rootdir", str(self._root), f"--target={self._target.file}", "--no-reports", f"--evidence={evidence}"]
        words = [*options, *self._options, *affected.selection]
        self._pytest = self._runner.start(words, self._target.environment)


def _matters(_: object, path: str) -> bool:
    return path.endswith(SUFFIXES) and "__pycache__" not in path
