"""Rules on the layers of the house (A01 to A04): an import may point down, never up and never sideways."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from support.audits.modules import SourceModule
from support.audits.project import Project
from support.audits.rules import Finding, coded

ISLANDS = ("support.platform", "support.world")
DRIVERS = "support.drivers"
TEST_TOOLS = ("pytest", "pytest_bdd", "allure", "moto", "unittest")
TEST_FLAGS = frozenset({"testing", "is_test", "test_mode", "TESTING", "TEST_MODE", "PYTEST_CURRENT_TEST"})


def _in(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _room(module: SourceModule) -> str:
    """`platform`, `world`, `drivers`, `steps`, or `suite` for everything else that belongs to the tests."""
    for package in (*ISLANDS, DRIVERS, "steps"):
        if _in(module.name, package):
            return package.rpartition(".")[2]
    return "suite"


def _is_test(module: SourceModule) -> bool:
    last = module.name.rpartition(".")[2]
    return _in(module.name, "support.tests") or ".tests." in f"{module.name}." or last.startswith("test_") or last == "conftest"


@coded("A01")
def suite_stays_outside(project: Project) -> Iterator[Finding]:
    """Nothing of the suite imports the platform or the world.

    The same features must run against a deployed OptiInfra, and shared code would share mistakes. Tests of a room may look inside, and so
    may support/sabotage, which plants defects there; no scenario runs through either.

    Breaks:
        == support/drivers/records.py
        from support.platform.tables import Customer
    Keeps:
        == support/drivers/records.py
        from sqlalchemy import MetaData
    """
    for module in project.modules:
        outside = _room(module) not in {"platform", "world"} and not _is_test(module) and not _in(module.name, "support.sabotage")
        for imported in module.imports if outside else ():
            if any(_in(imported.module, island) for island in ISLANDS):
                yield Finding(module.path, imported.line, f"imports {imported.module}", "ask over a socket, through a driver")


@coded("A02")
def islands_stand_alone(project: Project) -> Iterator[Finding]:
    """The platform and the world import nothing of this repository but themselves.

    Drivers, world and platform meet only over sockets, as a deployed system would.

    Breaks:
        == support/platform/fleet/prices.py
        from support.world.aws import prices
    Keeps:
        == support/platform/fleet/prices.py
        from support.platform.cloud import AwsAccount
    """
    for module in project.modules:
        home = next((island for island in ISLANDS if _in(module.name, island)), "")
        for imported in module.imports if home and not _is_test(module) else ():
            ours = imported.module.split(".")[0] in {"support", "steps", "features", "conftest"}
            if ours and imported.module != "support" and not _in(imported.module, home):
                yield Finding(module.path, imported.line, f"imports {imported.module}", f"keep to {home}, or ask over a socket")


@coded("A03")
def imports_point_down(project: Project) -> Iterator[Finding]:
    """Support imports no step, drivers import no fixture or plugin, features hold no code.

    features, steps, drivers, the system: a lower layer that knows a higher one cannot be used, tested or understood without it.

    Breaks:
        == support/drivers/aws.py
        from steps.fleets import fleet_moved
    Keeps:
        == support/drivers/aws.py
        import boto3
    """
    for module in project.modules:
        if module.path.startswith("features/"):
            yield Finding(module.path, 1, "is code among the features", "move it to steps or support")
        for imported in module.imports:
            if _room(module) != "steps" and _in(imported.module, "steps") and not _is_test(module):
                yield Finding(module.path, imported.line, f"imports {imported.module}", "move what is shared down into support")
            if _room(module) == "drivers" and imported.module in {"support.fixtures", "support.gherkin.plugin"}:
                yield Finding(module.path, imported.line, f"imports {imported.module}", "a driver serves fixtures and knows none")


@coded("A04")
def platform_knows_no_test(project: Project) -> Iterator[Finding]:
    """The platform does not know that it is tested: no test tool, no test flag.

    What a test must bend is bent from outside; a branch for tests is a branch that production does not have.

    Breaks:
        == support/platform/clock.py
        testing = True
        if testing:
            speed = 100
    Keeps:
        == support/platform/clock.py
        speed = 1
    """
    for module in project.modules:
        if _room(module) == "platform" and not _is_test(module):
            for imported in module.imports:
                if imported.module.split(".")[0] in TEST_TOOLS:
                    yield Finding(module.path, imported.line, f"imports {imported.module}", "bend it from outside: the world, the clock, the process")
            if any(flag in module.text for flag in TEST_FLAGS):
                yield from _test_flags(module)


def _test_flags(module: SourceModule) -> Iterator[Finding]:
    for node in ast.walk(module.tree):
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = node.value
        if name in TEST_FLAGS:
            yield Finding(module.path, getattr(node, "lineno", 1), f'asks for "{name}"', "let the platform behave the same, tested or not")
