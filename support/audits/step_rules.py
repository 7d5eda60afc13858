"""Rules on step modules (S00 to S06)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from support.audits.modules import Phrase, SourceModule
from support.audits.project import Project
from support.audits.rules import Finding, coded
from support.audits.vocabulary_use import uses, vocabulary_of

MOST_LINES = 150
MOST_BODY_LINES = 6
ORDER = ("Given", "When", "Then")
VENDORS = ("aiohttp", "httpx", "websockets", "boto3", "botocore", "moto", "sqlalchemy")
MASS_NOUNS = frozenset({"traffic", "capacity", "quality", "people"})
FORBIDDEN_NODES: tuple[tuple[tuple[type[ast.AST], ...], str], ...] = (
    ((ast.If, ast.IfExp, ast.Match), "branches"),
    ((ast.For, ast.AsyncFor, ast.While), "loops"),
    ((ast.Try, ast.TryStar), "catches errors"),
)
FORBIDDEN_CALLS = {"sleep": "sleeps", "skip": "skips", "get_closest_marker": "reads tags", "iter_markers": "reads tags"}
RAW_QUANTITY = re.compile(r"\{(?:int|float)\}(?:%| ?(?:percent|seconds?|minutes?|hours?|days?|weeks?|dollars?)\b)|\$\{(?:int|float)\}")
READ_AS_REGULAR_EXPRESSION = re.compile(r"[().*\\|]")
"""The official extension takes a phrase with one of these for a regular expression, and then finds no step for it."""

ANONYMOUS = re.compile(r"\{(?:word|float|)\}")
ASSERTING = ("expect_", "eventually", "steadily")


@coded("S00")
def readable(project: Project) -> Iterator[Finding]:
    """A module is Python.

    The other rules cannot see into a module that does not parse.

    Breaks:
        @then("the saving is booked"
        def saving_booked() -> None: ...
    Keeps:
        @then("the saving is booked")
        def saving_booked(story: Story) -> None:
            assert story.saving.booked, "the saving should be booked"
    """
    _ = project.modules
    for path, line, reason in project.unreadable_modules:
        yield Finding(path, line, f"is not Python: {reason}", "mend the syntax")


@coded("S01")
def one_noun(project: Project) -> Iterator[Finding]:
    """A step module is named for one plural noun and has at most 150 lines.

    A phrase lives with the thing that it is about; a longer module hides a second noun.

    Breaks:
        == steps/saving_steps.py
        SAVING = 1
        == steps/common.py
        COMMON = 1
    Keeps:
        == steps/savings.py
        SAVINGS = 1
    """
    for module in project.step_modules:
        noun = Path(module.path).stem
        if not (noun.endswith("s") or noun in MASS_NOUNS) or noun.endswith("_steps"):
            yield Finding(module.path, 1, f'"{noun}" is not a plural noun', "name the module for the thing its phrases are about")
        lines = module.text.count("\n")
        if lines > MOST_LINES:
            yield Finding(module.path, 1, f"has {lines} lines", f"keep {MOST_LINES}: a second noun is hiding in it")


@coded("S02")
def thin(project: Project) -> Iterator[Finding]:
    """Steps stand as Given, When, Then; a body has at most 6 lines, no branch, loop, try, sleep, skip or reading of tags; vendors are not imported.

    A step translates and calls once. What decides, repeats or catches belongs into support, where it has tests.

    Breaks:
        import httpx


        @when("the customer approves")
        def approved(story: Story) -> None:
            if story.recommendation:
                httpx.post("/approve")
    Keeps:
        @when("the customer approves")
        async def approved(story: Story, platform: Platform) -> None:
            story.outcome = await platform.recommendations.approve(story.recommendation)
    """
    for module in project.step_modules:
        for imported in module.imports:
            if imported.module.split(".")[0] in VENDORS:
                yield Finding(module.path, imported.line, f"imports {imported.module}", "call a driver of support/drivers")
        yield from _order(module)
        for phrase in module.phrases:
            yield from _body(phrase)


def _order(module: SourceModule) -> Iterator[Finding]:
    latest = 0
    for phrase in module.phrases:
        position = ORDER.index(phrase.kind)
        if position < latest:
            yield Finding(module.path, phrase.line, f"a {phrase.kind} comes after a {ORDER[latest]}", "write Given, When, Then in this order")
        latest = max(latest, position)


def _body(phrase: Phrase) -> Iterator[Finding]:
    function = phrase.function
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if body:
        lines = (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1
        if lines > MOST_BODY_LINES:
            yield Finding(phrase.path, function.lineno, f"{function.name} has {lines} lines", f"keep {MOST_BODY_LINES}: move the work to support")
    for node in ast.walk(function):
        for types, verb in FORBIDDEN_NODES:
            if isinstance(node, types):
                yield Finding(phrase.path, getattr(node, "lineno", function.lineno), f"{function.name} {verb}", "move the decision to support")
        if isinstance(node, ast.Call) and _called(node) in FORBIDDEN_CALLS:
            said = FORBIDDEN_CALLS[_called(node)]
            yield Finding(phrase.path, node.lineno, f"{function.name} {said}", "wait by eventually or steadily; declare capabilities by @needs_")


@coded("S03")
def one_phrase_one_meaning(project: Project) -> Iterator[Finding]:
    """Every step of a feature matches one phrase, every phrase is in use, none is spelt twice, and no step calls a step.

    An undefined step stops the run; of two phrases that match, a runner would silently take one; an unused phrase is a promise nobody checks.

    Breaks:
        == features/spot_migration/example.feature
        Feature: Savings
          Scenario: A saving is booked
            Then the saving is booked
        == steps/savings.py
        @then("the saving is shown")
        def saving_shown(story: Story) -> None:
            assert story.saving.shown, "the saving should be shown"
    Keeps:
        == features/spot_migration/example.feature
        Feature: Savings
          Scenario: A saving is booked
            Then the saving is booked
        == steps/savings.py
        @then("the saving is booked")
        def saving_booked(story: Story) -> None:
            assert story.saving.booked, "the saving should be booked"
    """
    vocabulary = vocabulary_of(project)
    used: set[Phrase] = set()
    for use in uses(project, vocabulary):
        used.update(use.matches)
        if not use.matches:
            yield Finding(
                use.feature.path, use.step.place.line, f'no phrase matches "{use.step.kind} {use.text}"', "see acceptance phrases, or define it"
            )
        elif len(use.matches) > 1:
            places = ", ".join(f"{match.path}:{match.line}" for match in use.matches)
            yield Finding(
                use.feature.path, use.step.place.line, f'"{use.text}" matches {len(use.matches)} phrases ({places})', "make one more precise"
            )
    yield from _phrases_alone(project, used)


def _phrases_alone(project: Project, used: set[Phrase]) -> Iterator[Finding]:
    first: dict[tuple[str, str], Phrase] = {}
    names = {phrase.function.name for phrase in project.phrases}
    for phrase in project.phrases:
        text = phrase.text or ""
        spelt = (phrase.kind, " ".join(text.lower().split()))
        if text and spelt in first:
            other = first[spelt]
            yield Finding(phrase.path, phrase.line, f'"{text}" is also defined at {other.path}:{other.line}', "keep one")
        first.setdefault(spelt, phrase)
        if text and phrase not in used:
            yield Finding(phrase.path, phrase.line, f'no scenario uses "{text}"', "delete it, or write the scenario")
        for node in ast.walk(phrase.function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield Finding(phrase.path, node.lineno, f"{phrase.function.name} calls the step {node.func.id}", "share a helper of support instead")


@coded("S04")
def literal_phrases(project: Project) -> Iterator[Finding]:
    """A phrase is one literal string on one line, a Cucumber Expression; closed sets and quantities are parameter types.

    Editors read the phrase from the source text; and `{percent}` refuses what `{word}` would let through.

    Breaks:
        PHRASE = "the share is {float}%"


        @then(PHRASE)
        def share_reached(story: Story, share: float) -> None:
            assert story.share == share, f"expected {share}, seen {story.share}"
    Keeps:
        @then("the share is {percent}")
        def share_reached(story: Story, share: Percent) -> None:
            assert story.share == share, f"expected {share}, seen {story.share}"
    """
    for phrase in project.phrases:
        if phrase.text is None:
            yield Finding(phrase.path, phrase.line, "the phrase is not one literal string", 'write @then("...") with the whole phrase on the line')
        elif READ_AS_REGULAR_EXPRESSION.search(phrase.text):
            yield Finding(
                phrase.path, phrase.line, f'"{phrase.text}" is a regular expression to an editor', "write node/nodes for node(s), and no ( ) . * |"
            )
        elif RAW_QUANTITY.search(phrase.text):
            yield Finding(phrase.path, phrase.line, f'"{phrase.text}" takes a bare number with a unit', "use {percent}, {duration} or {money}")
        elif ANONYMOUS.search(phrase.text):
            yield Finding(phrase.path, phrase.line, f'"{phrase.text}" takes anything', "use a parameter type of support/vocabulary.py")
    for phrase, reason in vocabulary_of(project).refused:
        yield Finding(
            phrase.path, phrase.line, f'"{phrase.text}" is no Cucumber Expression: {reason}', "use the parameter types of support/vocabulary.py"
        )


@coded("S05")
def nobody_sleeps(project: Project) -> Iterator[Finding]:
    """Nothing sleeps or waits but support/waiting.py.

    A sleep is too short on a slow machine and too long on every other; and a failed wait must read as a diagnosis.

    Breaks:
        == support/drivers/events.py
        import time

        time.sleep(1)
    Keeps:
        == support/drivers/events.py
        from support.waiting import eventually
    """
    for module in project.modules:
        if module.path != "support/waiting.py" and "sleep(" in module.text:
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Call) and _dotted(node.func) in {"time.sleep", "asyncio.sleep", "sleep", "anyio.sleep"}:
                    yield Finding(module.path, node.lineno, "sleeps", "wait for the event, or use eventually or steadily of support/waiting.py")


@coded("S06")
def outcomes_assert(project: Project) -> Iterator[Finding]:
    """A Then asserts something that it observed; step functions have unique names and are fully annotated.

    A Then without an assertion passes whatever the product does; and two functions of one name are one function.

    Breaks:
        @then("the saving is booked")
        def saving_booked(story):
            print(story.saving)
    Keeps:
        @then("the saving is booked")
        def saving_booked(story: Story) -> None:
            assert story.saving.booked, "the saving should be booked"
    """
    first: dict[str, Phrase] = {}
    for phrase in project.phrases:
        function = phrase.function
        if phrase.kind == "Then" and not any(_asserts(node) for node in ast.walk(function)):
            yield Finding(phrase.path, function.lineno, f"{function.name} asserts nothing", "assert, expect_... or await eventually(...)")
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        if function.returns is None or any(argument.annotation is None for argument in arguments):
            yield Finding(phrase.path, function.lineno, f"{function.name} is not fully annotated", "annotate each parameter and the result")
        other = first.setdefault(function.name, phrase)
        if other.function is not function:
            yield Finding(phrase.path, function.lineno, f"{function.name} is also at {other.path}:{other.function.lineno}", "name it for its meaning")


def _asserts(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and _called(node).startswith(ASSERTING))


def _called(node: ast.Call) -> str:
    return _dotted(node.func).rpartition(".")[2]


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
