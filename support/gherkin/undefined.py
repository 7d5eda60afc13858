"""What to say about a step that no phrase fits: a value outside its type, the nearest phrases, a skeleton in house form."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from heapq import nlargest

from support.gherkin.definitions import StepDefinition
from support.gherkin.index import StepIndex
from support.gherkin.phrases import Phrase
from support.problems import Problem
from support.vocabulary import VOCABULARY

_PARAMETER = re.compile(r"\{(\w*)\}")
_NEAR_ENOUGH = 0.6


def undefined(path: str, line: int, kind: str, text: str, index: StepIndex) -> Problem:
    """The problem of an undefined step."""
    what = f'no phrase fits "{kind.title()} {text}"'
    same_kind = [definition for definition in index.definitions if definition.keyword == kind]
    wrong_value = next((found for definition in same_kind if (found := _wrong_value(definition.compiled, text))), None)
    if wrong_value:
        return Problem(path, line, "", what, wrong_value)
    other = next((definition for definition in index.definitions if definition.keyword != kind and definition.compiled.matches(text)), None)
    if other:
        return Problem(path, line, "", what, f"it is a {other.keyword.title()} ({other.place}); change the keyword or the phrase")
    near = nearest(text, same_kind)
    phrases = "; ".join(f'"{definition.phrase}" ({definition.place})' for definition in near)
    advice = f"the nearest: {phrases}; or define it" if near else "define it"
    return Problem(path, line, "", what, f"{advice} in {_module_for(text, near, index)}:\n{skeleton(kind, text)}")


def nearest(text: str, definitions: list[StepDefinition], count: int = 3) -> list[StepDefinition]:
    """The definitions whose phrases are most like the text, best first; none that is hardly like it."""
    plain = _PARAMETER.sub("{}", _generalized(text)[0])
    scored = [
        (_likeness(plain, _PARAMETER.sub("{}", re.sub(r"[()]", "", definition.phrase))), number) for number, definition in enumerate(definitions)
    ]
    return [definitions[number] for score, number in nlargest(count, scored) if score >= _NEAR_ENOUGH]


def skeleton(kind: str, text: str) -> str:
    """A definition of the step in house form, which fails until it is filled in."""
    phrase, values = _generalized(text)
    name = re.sub(r"\W+", "_", _PARAMETER.sub("", phrase)).strip("_").lower()
    parameters = "".join(f", {value}" for value in values)
    return f'    @{kind}("{phrase}")\n    async def {name}(story: Story, platform: Platform{parameters}) -> None:\n        raise NotImplementedError'


def _likeness(text: str, phrase: str) -> float:
    matcher = SequenceMatcher(None, text.lower().split(), phrase.lower().split())
    letters = SequenceMatcher(None, text.lower(), phrase.lower())
    return max(matcher.ratio(), letters.ratio() if letters.quick_ratio() >= _NEAR_ENOUGH else 0.0)


def _generalized(text: str) -> tuple[str, list[str]]:
    values: list[str] = []

    def named(kind: str, python_type: str) -> str:
        values.append(f"{kind}{sum(value.startswith(kind) for value in values) or ''}: {python_type}")
        return f"{{{kind}}}"

    rules = (
        (r'"[^"]*"', "string", "str"),
        (r"\$\d[\d,.]*\d|\$\d", "money", "Money"),
        (r"-?\d+(?:\.\d+)?%", "percent", "Percent"),
        (r"\b\d+ (?:seconds?|minutes?|hours?|days?|weeks?)\b", "duration", "Duration"),
        (r"\b\d+\b", "count", "int"),
    )
    pattern = "|".join(f"(?P<{kind}>{regexp})" for regexp, kind, _ in rules)
    types = {kind: python_type for _, kind, python_type in rules}
    return re.sub(pattern, lambda found: named(str(found.lastgroup), types[str(found.lastgroup)]), text), values


def _module_for(text: str, near: list[StepDefinition], index: StepIndex) -> str:
    """The module of the first thing that the step speaks of; of the nearest phrase where it speaks of nothing that has one."""
    nouns = {definition.noun for definition in index.definitions}
    spoken = (plural for word in re.findall(r"[a-z]+", text.lower()) for plural in _plurals(word) if plural in nouns)
    noun = next(spoken, near[0].noun if near else "")
    return f"steps/{noun}.py" if noun else "the module of steps/ that is named for the thing it is about"


def _plurals(word: str) -> tuple[str, ...]:
    return word, f"{word}s", re.sub("y$", "ies", word), re.sub("is$", "es", word)


def _words(part: str) -> str:
    """What a phrase says between two values, with each of its alternatives, as a regular expression."""
    return " ".join("(?:" + "|".join(map(re.escape, word.split("/"))) + ")" for word in part.split(" "))


def _wrong_value(phrase: Phrase, text: str) -> str | None:
    """If the text would fit but for one value: which, and what the type allows."""
    names = _PARAMETER.findall(phrase.source)
    if not names or (not phrase.prefix and _PARAMETER.sub("", phrase.source).strip() == ""):
        return None
    loose = re.compile("(.+?)".join(_words(part) for part in _PARAMETER.split(phrase.source)[::2]) + "$")
    found = loose.match(text)
    if found is None:
        return None
    for name, written, kind in zip(names, found.groups(), phrase.types, strict=True):
        if not any(re.fullmatch(pattern, written) for pattern in kind.regexps):
            return f'"{written}" is no {{{name}}} of "{phrase.source}": write {VOCABULARY.get(name, "a value that fits")}'
    return None
