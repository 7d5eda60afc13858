"""The runners that are compared: how each is found, what it is asked to do, and what one run of it costs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from support.problems import Problem, Problems

ROOT = Path(__file__).parents[2]
FIRST_SCENARIO = "features/capability_0000.feature:6"


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds of wall clock, seconds of processor, peak memory of its first process in MB."""

    wall: float
    processor: float
    memory: float


@dataclass(frozen=True)
class Runner:
    """One way to run the generated project. `group` is the tool; `everything` says that evidence and Allure results are written."""

    name: str
    group: str
    everything: bool
    command: tuple[str, ...]
    links: Path | None = None
    version: str = ""

    def run(self, project: Path, *extra: str) -> Cost:
        """Runs it once. Raises `Problems` with the end of its output if it does not succeed."""
        link = project / "node_modules"
        if self.links is not None and not link.exists():
            link.symlink_to(self.links)
        for left in ("allure-results", ".acceptance"):
            shutil.rmtree(project / left, ignore_errors=True)
        environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONDONTWRITEBYTECODE", "PYTEST_ADDOPTS"}}
        environment |= {"PYTHONPATH": str(ROOT)} if self.group == OURS else {}
        return _measured([*self.command, *extra], project, environment)


OURS = "this suite"


def ours(*, everything: bool, workers: int = 1) -> Runner:
    """This suite's runner, in this interpreter."""
    plugins = ("-p", "support.evidence.plugin", "--alluredir=allure-results") if everything else ()
    spread = ("-n", str(workers)) if workers > 1 else ()
    name = f"{OURS}{', evidence and Allure' if everything else ''}{f', {workers} workers' if workers > 1 else ''}"
    return Runner(name, OURS, everything, (sys.executable, "-m", "pytest", "-q", *plugins, *spread))


def importing() -> Runner:
    """What every use of pytest pays before it does anything."""
    return Runner("importing pytest", "pytest", everything=False, command=(sys.executable, "-c", "import pytest"))


def behave(path: Path | None) -> list[Runner]:
    """behave, and behave with allure-behave where that is installed beside it; nothing where behave is not."""
    found = _found(path, "behave")
    if found is None:
        return []
    version = _version(found).removeprefix("behave ")
    runners = [Runner("behave", "behave", everything=False, command=(str(found), "-q", "-f", "progress"), version=version)]
    python = found.with_name("python")
    if python.exists() and subprocess.run([str(python), "-c", "import allure_behave"], check=False, capture_output=True).returncode == 0:  # noqa: S603
        formatter = ("-f", "allure_behave.formatter:AllureFormatter", "-o", "allure-results")
        runners.append(Runner("behave + allure-behave", "behave", everything=True, command=(str(found), *formatter)))
    return runners


def cucumber(path: Path | None) -> list[Runner]:
    """cucumber-js, and cucumber-js with its Allure adapter where that is installed beside it; nothing where it is not."""
    found = _found(path, "cucumber-js")
    if found is None:
        return []
    modules = next((folder for folder in found.absolute().parents if folder.name == "node_modules"), None)
    if modules is None:
        raise Problems([Problem(str(found), 0, "", "this cucumber-js lies in no node_modules folder", "give node_modules/.bin/cucumber-js")])
    command = (str(found.absolute()), "-c")
    plain = (*command, "cucumber.plain.mjs")
    runners = [Runner("cucumber-js", "cucumber-js", everything=False, command=plain, links=modules, version=_version(found))]
    if (modules / "allure-cucumberjs").is_dir():
        name = "cucumber-js + allure-cucumberjs"
        runners.append(Runner(name, "cucumber-js", everything=True, command=(*command, "cucumber.allure.mjs"), links=modules))
    return runners


def _found(path: Path | None, name: str) -> Path | None:
    if path is None:
        on_path = shutil.which(name)
        return Path(on_path) if on_path else None
    if not path.is_file():
        raise Problems([Problem(str(path), 0, "", f"there is no {name} here", f"give the path of the {name} command")])
    return path.absolute()


def _version(command: Path) -> str:
    return subprocess.run([str(command), "--version"], check=False, capture_output=True, text=True).stdout.strip()  # noqa: S603


def _measured(command: Sequence[str], folder: Path, environment: dict[str, str]) -> Cost:
    with tempfile.TemporaryFile() as output:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output, stdin=subprocess.DEVNULL)  # noqa: S603
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            end = output.read().decode(errors="replace")[-600:]
            raise Problems([Problem(" ".join(command[:4]), 0, "", f"the run ended with {process.returncode}:\n{end}", "mend it, or leave it out")])
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
