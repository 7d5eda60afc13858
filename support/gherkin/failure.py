"""A failed scenario as a reader wants it: the scenario with its failed step marked, and what was expected and seen.

It is made of pytest's own parts, so that it travels from worker processes and into JUnit files as any other failure does.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from _pytest._code.code import ExceptionChainRepr, ReprEntry, ReprEntryNative, ReprFileLocation, ReprTraceback, Traceback
from pytest_bdd.parser import Scenario, Step

from support.gherkin.definitions import BoundStep

if TYPE_CHECKING:
    from support.gherkin.collection import ScenarioItem

MACHINERY = (Path(__file__).parent, Path(__file__).parents[1] / "evidence")
"""What carries steps out and judges them: its frames tell a reader nothing."""
_KEYWORD_WIDTH = 6
_WORDLESS = "assert "
"""How pytest explains an assertion that has no message of its own."""


def failure_of(item: ScenarioItem, excinfo: pytest.ExceptionInfo[BaseException]) -> ExceptionChainRepr:
    """The representation of what went wrong in the step under way."""
    running = item.running
    assert running is not None, "a failure outside the steps is shown by pytest itself"
    step = running.step
    message = _message(excinfo)
    place = ReprFileLocation(item.location[0], step.line_number if step else item.line, message.splitlines()[0])
    story = ReprEntryNative([f"{line}\n" for line in scenario_lines(running.scenario, step, item)])
    told = ReprEntry([f"E   {line}" for line in message.splitlines()], None, None, None, "short")
    entries: list[ReprEntry | ReprEntryNative] = [story, told, ReprEntryNative(["\n", *_code_of(step)])]
    if _says_it_all(item, excinfo):
        return ExceptionChainRepr([(ReprTraceback(entries, None, "short"), place, None)])
    style = item.config.getoption("tbstyle", "auto")
    python = excinfo.getrepr(style="short" if style == "auto" else style, tbfilter=_frames_of(item), funcargs=style == "long")
    if not isinstance(python, ExceptionChainRepr):
        return ExceptionChainRepr([(ReprTraceback([*entries, ReprEntryNative([str(python)])], None, "short"), place, None)])
    chain = list(python.chain)
    last, _, description = chain[-1]
    frames = [*last.reprentries]
    if style == "auto":
        frames = [_without_message(entry) for entry in frames]
    chain[-1] = (ReprTraceback(frames, last.extraline, last.style), place, description)
    first, first_place, first_description = chain[0]
    head = ReprTraceback([*entries, *first.reprentries], first.extraline, first.style)
    return ExceptionChainRepr([(head, first_place, first_description), *chain[1:]])


def stop_in_the_step(item: ScenarioItem, raised: BaseException) -> None:
    """Lets a debugger begin in the step: what the step has called is a `down` away."""
    step = item.running.step if item.running else None
    definition = step.definition if step else None
    traceback, within = raised.__traceback__, False
    while traceback is not None:
        if within:
            traceback.tb_frame.f_locals["__tracebackhide__"] = True
        within = within or (definition is not None and traceback.tb_frame.f_code is definition.function.__code__)
        traceback = traceback.tb_next


def _says_it_all(item: ScenarioItem, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
    """Whether the message tells a reader everything: an expectation in the domain's words does, and Python would only push it off the page.

    An assertion without words, any other exception, and whoever asks for Python by `--tb` or `--full-trace` get the frames of the code.
    """
    asked = item.config.getoption("tbstyle", "auto") not in {"auto", "line", "no"} or item.config.getoption("fulltrace", False)
    words = str(excinfo.value).strip()
    return isinstance(excinfo.value, AssertionError) and not asked and words != "" and not words.startswith(_WORDLESS)


def _code_of(step: BoundStep | None) -> list[str]:
    """Where the step is written down in Python, for who wants to go on from here."""
    definition = step.definition if step else None
    return [f"the step is {definition.function.__name__} ({definition.place})\n"] if definition else []


def scenario_lines(scenario: Scenario, failed: Step | None, item: ScenarioItem) -> list[str]:
    """The scenario as it is written, each step with what became of it."""
    lines = [f"  {scenario.feature.keyword}: {scenario.feature.name}"]
    if scenario.rule is not None:
        lines.append(f"  {scenario.rule.keyword}: {scenario.rule.name}")
    lines += [f"  {scenario.keyword}: {scenario.name}    ({item.location[0]}:{item.line})", ""]
    width = max((len(step.name) for step in scenario.steps), default=0) + _KEYWORD_WIDTH + 2
    state = "passed"
    for step in scenario.steps:
        is_failed = step is failed
        marker = ">" if is_failed else " "
        text = f"{step.keyword:<{_KEYWORD_WIDTH - 1}} {step.name}"
        lines.append(f"{marker}   {text:<{width}}{'FAILED' if is_failed else state}")
        if is_failed:
            state = "not reached"
            lines += [f"        {line}" for line in _attached(step)]
    return [*lines, ""]


def _attached(step: Step) -> list[str]:
    if step.datatable is not None:
        return [f"| {' | '.join(str(cell) for cell in row)} |" for row in step.datatable.raw()]
    return [] if step.docstring is None else ['"""', *step.docstring.splitlines(), '"""']


def _message(excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    """The message in domain words; pytest's comparison of values only where an assertion gave no message of its own."""
    error = excinfo.value
    text = str(error).strip()
    if isinstance(error, AssertionError):
        own, found, _ = text.partition(f"\n{_WORDLESS}")
        return (own if found else text).strip() or "an assertion failed without a message"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _frames_of(item: ScenarioItem) -> Callable[[pytest.ExceptionInfo[BaseException]], Traceback]:
    root = item.config.rootpath

    def kept(excinfo: pytest.ExceptionInfo[BaseException]) -> Traceback:
        if item.config.getoption("fulltrace", False):
            return excinfo.traceback
        ours = excinfo.traceback.filter(lambda entry: _is_ours(Path(entry.path), root))
        return ours or excinfo.traceback.filter(excinfo)

    return kept


def _is_ours(path: Path, root: Path) -> bool:
    if any(path.is_relative_to(folder) for folder in MACHINERY) or not path.is_relative_to(root):
        return False
    return ".venv" not in path.parts and "site-packages" not in path.parts


def _without_message(entry: ReprEntry | ReprEntryNative) -> ReprEntry | ReprEntryNative:
    if isinstance(entry, ReprEntryNative):
        return entry
    lines = [line for line in entry.lines if not line.startswith("E ")]
    return ReprEntry(lines, entry.reprfuncargs, entry.reprlocals, entry.reprfileloc, entry.style)
