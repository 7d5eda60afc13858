"""The requirements ledger as records: what OptiInfra must do, with the line where each entry stands.

The ledger is TOML. An `[area.SPT]` gives an area its name and its epic (the folder of its features); a `[REQ-SPT-001]` gives a
requirement. Reading collects every mistake and raises them together.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.problems import Problem, Problems, shown

LEDGER_PATH = Path("features/requirements.toml")
"""Where the ledger stands, from the root of the repository."""

REQUIREMENT_ID = re.compile(r"REQ-(?P<area>[A-Z]{3})-\d{3}")
"""The form of a requirement's id."""

_OBLIGATION = re.compile(r"\bmust\b|\bnever\b|\bmay\b.*\bonly\b|\b(?:only|no|neither|nothing|nobody)\b.*\bmay\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
_HEADER = re.compile(r"^\s*\[\s*(?P<name>[^\[\]]+?)\s*\]\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*(?P<name>[A-Za-z_][\w-]*)\s*=")
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")

_AREA_KEYS = {"name": str, "epic": str}
_REQUIRED = {"title": str, "statement": str, "source": str, "milestone": int}
_OPTIONAL = {"priority": str, "owner": str, "waived": dict}
PRIORITIES = ("critical", "high", "medium", "low")
"""How much a requirement weighs, heaviest first; `medium` where the ledger is silent."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """Why a requirement is not covered, and the last day on which that is accepted."""

    reason: str
    until: datetime.date

    def expired(self, today: datetime.date) -> bool:
        """Whether its last day has passed."""
        return today > self.until


@dataclass(frozen=True, slots=True)
class Area:
    """A group of requirements: `code` as in their ids, `epic` the folder under `features/` that specifies it."""

    code: str
    name: str
    epic: str
    line: int


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that OptiInfra must do; `line` is where its entry starts in the ledger."""

    id: str
    title: str
    statement: str
    source: str
    milestone: int
    priority: str
    owner: str
    waived: Waiver | None
    line: int

    @property
    def area(self) -> str:
        """The code of its area, `SPT` for `REQ-SPT-004`."""
        return self.id.split("-")[1]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every area and requirement, in the order of the file."""

    path: str
    areas: Mapping[str, Area]
    requirements: Mapping[str, Requirement]

    def area_of(self, requirement_id: str) -> Area | None:
        """The area of a requirement's id, known or not; none where no area has that code."""
        form = REQUIREMENT_ID.fullmatch(requirement_id)
        return self.areas.get(form["area"]) if form else None

    def epic_title(self, folder: str) -> str:
        """What a reader calls an epic's folder: the name of its area, else the folder's own words."""
        for area in self.areas.values():
            if area.epic == folder:
                return area.name
        return folder.replace("_", " ").capitalize()


def load_ledger(path: Path, today: datetime.date | None = None) -> Ledger:
    """The ledger in this file; raises `Problems` with every mistake in it, a waiver that expired before `today` included."""
    name = shown(path)
    if not path.is_file():
        raise Problems([Problem(name, 0, "", "the requirements ledger does not exist", "restore it, or run from the root of the repository")])
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as refused:
        raise Problems([Problem(name, 0, "", f"this is not text in UTF-8: {refused.reason}", "save the file as UTF-8")]) from refused
    reading = _Reading(name, text, today or datetime.datetime.now(datetime.UTC).date())
    ledger = reading.ledger()
    if reading.problems:
        raise Problems(reading.problems)
    return ledger


def ledger_below(root: Path) -> Ledger:
    """The ledger of the repository whose root this is; one without requirements where there is none. Raises `Problems` as `load_ledger` does."""
    path = root / LEDGER_PATH
    return load_ledger(path) if path.is_file() else Ledger(str(LEDGER_PATH), {}, {})


class _Reading:
    """One pass over a ledger's text, which keeps what is wrong with it."""

    def __init__(self, path: str, text: str, today: datetime.date) -> None:
        self.path = path
        self.today = today
        self.problems: list[Problem] = []
        self._headers: dict[str, int] = {}
        self._keys: dict[tuple[str, str], int] = {}
        self._text = self._indexed(text)

    def ledger(self) -> Ledger:
        try:
            document = tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as refused:
            line = _TOML_LINE.search(str(refused))
            what = _TOML_LINE.sub("", str(refused)).strip()
            self._report(int(line[1]) if line else 0, f"this is not TOML: {what}", "mend the line; nothing else of the ledger was judged")
            return Ledger(self.path, {}, {})
        areas = dict(self._areas(document.pop("area", {})))
        return Ledger(self.path, areas, dict(self._requirements(document, areas)))

    def _indexed(self, text: str) -> str:
        """Notes the lines of headers and keys; an entry that repeats an id is reported and set aside, so that the rest can be judged."""
        lines = text.splitlines()
        section = ""
        for number, line in enumerate(lines, start=1):
            if header := _HEADER.match(line):
                section = header["name"]
                if section in self._headers:
                    self._report(
                        number, f"{section} stands here again, first on line {self._headers[section]}", "give one of the two an id of its own"
                    )
                    section = f"REPEATED-{number}"
                    lines[number - 1] = f"[{section}]"
                self._headers[section] = number
            elif key := _KEY.match(line):
                self._keys.setdefault((section, key["name"]), number)
        return "\n".join(lines) + "\n"

    def _areas(self, tables: object) -> Iterator[tuple[str, Area]]:
        for code, table in tables.items() if isinstance(tables, dict) else ():
            section = f"area.{code}"
            if self._typed(section, table, _AREA_KEYS, {}):
                yield code, Area(code, table["name"], table["epic"], self._line(section))

    def _requirements(self, document: dict[str, Any], areas: Mapping[str, Area]) -> Iterator[tuple[str, Requirement]]:
        for name, table in document.items():
            form = REQUIREMENT_ID.fullmatch(name)
            if not isinstance(table, dict):
                self._report(self._keys.get(("", name), 0), f"the key {name} stands outside every entry", "move it below a [REQ-...] header")
            elif name.startswith("REPEATED-"):
                continue
            elif form is None:
                self._report(self._line(name), f"{name} is no requirement id", "write REQ-, three capitals, three digits: [REQ-SPT-001]")
            else:
                if form["area"] not in areas:
                    self._report(self._line(name), f"{name} belongs to no area", f"add [area.{form['area']}] with name and epic")
                if self._typed(name, table, _REQUIRED, _OPTIONAL):
                    yield name, self._requirement(name, table)

    def _requirement(self, name: str, table: dict[str, Any]) -> Requirement:
        statement = table["statement"]
        if not _OBLIGATION.search(statement):
            self._report(
                self._line(name, "statement"),
                f"the statement of {name} obliges nobody: it has no must, may only or never",
                "say what must be, what may only be, or what must never be",
            )
        if len(_SENTENCE_END.findall(statement)) != 1 or not statement.endswith("."):
            self._report(self._line(name, "statement"), f"the statement of {name} is not one sentence", "a second sentence is a second requirement")
        priority = table.get("priority", "medium")
        if priority not in PRIORITIES:
            self._report(self._line(name, "priority"), f"{name} has the priority {priority!r}", f"write one of {', '.join(PRIORITIES)}")
        return Requirement(
            id=name,
            title=table["title"],
            statement=statement,
            source=table["source"],
            milestone=table["milestone"],
            priority=priority,
            owner=table.get("owner", "product"),
            waived=self._waiver(name, table["waived"]) if "waived" in table else None,
            line=self._line(name),
        )

    def _waiver(self, name: str, table: dict[str, Any]) -> Waiver | None:
        line = self._line(name, "waived")
        until = table.get("until")
        reason = table.get("reason")
        form = 'write waived = { reason = "why", until = 2026-12-31 }'
        if set(table) != {"reason", "until"} or not isinstance(reason, str) or not reason.strip() or type(until) is not datetime.date:
            self._report(line, f"the waiver of {name} needs a reason and a date, and nothing else", form)
            return None
        waiver = Waiver(reason, until)
        if waiver.expired(self.today):
            self._report(line, f"the waiver of {name} expired on {until.isoformat()}", "cover the requirement, or agree on a new date")
        return waiver

    def _typed(self, section: str, table: object, required: Mapping[str, type], optional: Mapping[str, type]) -> bool:
        """Whether an entry has all its keys in their types; reports what it lacks and what it should not have."""
        if not isinstance(table, dict):
            self._report(self._line(section), f"{section} is not an entry", f"write [{section}] and its keys below")
            return False
        sound = True
        for key in required.keys() - table.keys():
            self._report(self._line(section), f"{section} has no {key}", f"add {key} = ...")
            sound = False
        for key, value in table.items():
            wanted = required.get(key) or optional.get(key)
            if wanted is None:
                known = ", ".join([*required, *optional])
                self._report(self._line(section, key), f"{section} has the unknown key {key}", f"the keys are {known}")
            elif type(value) is not wanted or value == "":
                self._report(self._line(section, key), f"{key} of {section} is {value!r}", f"write {_WORDS[wanted]}")
                sound = False
        return sound

    def _line(self, section: str, key: str = "") -> int:
        return self._keys.get((section, key)) or self._headers.get(section, 0)

    def _report(self, line: int, what: str, instead: str) -> None:
        self.problems.append(Problem(self.path, line, "", what, instead))


_WORDS = {str: "a text that says something", int: "a whole number", dict: 'a table: { reason = "why", until = 2026-12-31 }'}
