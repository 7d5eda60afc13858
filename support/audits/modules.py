"""Python modules as the checks see them: read by `ast`, never imported, so that a check needs neither a target nor seconds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ONE_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"' + "|" + r"'(?:[^'\\]|\\.)*'")
STEP_DECORATORS = {"given": "Given", "when": "When", "then": "Then"}


@dataclass(frozen=True)
class Import:
    """One imported module, by its full name, and the line of the statement."""

    module: str
    line: int


@dataclass(frozen=True)
class Phrase:
    """A step definition as written: `text` is None where the phrase is not one literal string on one line."""

    kind: str
    text: str | None
    verifies: tuple[str, ...]
    function: ast.FunctionDef | ast.AsyncFunctionDef
    path: str
    line: int

    @property
    def noun(self) -> str:
        """The thing that it is about: the name of its module."""
        return Path(self.path).stem


@dataclass(frozen=True)
class SourceModule:
    """One module: its name from the root of the repository, its text and its syntax tree."""

    name: str
    path: str
    text: str
    tree: ast.Module

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Every import, wherever it stands: `from a import b` counts as `a` and as `a.b`."""
        return tuple(self._imports())

    def _imports(self) -> Iterator[Import]:
        package = self.name if self.path.endswith("__init__.py") else self.name.rpartition(".")[0]
        for node in _statements(self.tree.body):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(alias.name, node.lineno)
            elif isinstance(node, ast.ImportFrom):
                base = _absolute(node, package)
                yield Import(base, node.lineno)
                for alias in node.names:
                    yield Import(f"{base}.{alias.name}", node.lineno)

    @cached_property
    def phrases(self) -> tuple[Phrase, ...]:
        """Every step definition of the module, in the order of the file; a function with two phrases gives two."""
        return tuple(self._phrases())

    def _phrases(self) -> Iterator[Phrase]:
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for decorator in node.decorator_list:
                    if isinstance(decorator, ast.Call) and _bare_name(decorator.func) in STEP_DECORATORS:
                        yield self._phrase(node, decorator)

    def _phrase(self, function: ast.FunctionDef | ast.AsyncFunctionDef, call: ast.Call) -> Phrase:
        kind = STEP_DECORATORS[_bare_name(call.func)]
        verifies = next((word.value for word in call.keywords if word.arg == "verifies"), None)
        return Phrase(kind, self._literal(call), _strings(verifies), function, self.path, call.lineno)

    def _literal(self, call: ast.Call) -> str | None:
        """The phrase, if an editor can read it: a bare decorator name and one string literal, on one line."""
        if not isinstance(call.func, ast.Name) or len(call.args) != 1:
            return None
        (argument,) = call.args
        if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str) or argument.lineno != argument.end_lineno:
            return None
        source = self._lines[argument.lineno - 1][argument.col_offset : argument.end_col_offset].decode()
        return argument.value if ONE_LITERAL.fullmatch(source) else None

    @cached_property
    def _lines(self) -> list[bytes]:
        """The lines as the syntax tree counts them: columns are bytes."""
        return self.text.encode().split(b"\n")


def read_module(root: Path, path: Path, known: Mapping[str, SourceModule]) -> SourceModule:
    """The module in this file, the known one where its text is the same; raises `SyntaxError` where it is not Python."""
    text = path.read_text(encoding="utf-8")
    relative = path.relative_to(root)
    before = known.get(str(relative))
    if before is not None and before.text == text:
        return before
    parts = relative.with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return SourceModule(name, str(relative), text, ast.parse(text, filename=str(relative)))


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Every statement, those in functions and branches included; much faster than walking every expression."""
    for node in body:
        yield node
        for inner in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(node, inner, []))
        for handler in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            yield from _statements(handler.body)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    base = parts[: len(parts) - (node.level - 1)]
    return ".".join([*base, node.module] if node.module else base)


def _bare_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _strings(node: ast.expr | None) -> tuple[str, ...]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return (node.value,)
    if isinstance(node, ast.Tuple | ast.List):
        return tuple(text for element in node.elts for text in _strings(element))
    return ()
