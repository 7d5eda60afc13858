"""The official Gherkin parser, told early what a line cannot be.

The generated parser asks of every line, in each state, whether it is one after another of a dozen kinds, each time through an error
handler. Here a question that the line's first character already answers with no is not asked. What a line is, is still decided by the
official parser and its token matcher alone; where they have no such question any more, nothing is left out and nothing breaks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from gherkin.parser import Parser, ParserContext
from gherkin.token import Token
from gherkin.token_matcher import TokenMatcher

_FIRST_CHARACTERS = {
    "match_TableRow": "|",
    "match_DocStringSeparator": '"`',
    "match_TagLine": "@",
    "match_Comment": "#",
    "match_Language": "#",
}
_TITLES = ("match_FeatureLine", "match_RuleLine", "match_BackgroundLine", "match_ScenarioLine", "match_ExamplesLine")
Question = Callable[[Parser, ParserContext, Token], bool]


class QuickParser(Parser):
    """The parser for files in any language; a question is left out only where the answer cannot depend on the language."""

    def __init__(self) -> None:
        super().__init__()
        self._matcher = TokenMatcher()
        self._states: dict[int, Callable[[Token, ParserContext], int]] = {}

    def document(self, text: str) -> dict[str, Any]:
        """The document of the text; raises what the official parser raises."""
        return cast("dict[str, Any]", self.parse(text, self._matcher))

    def match_token(self, state: int, token: Token, context: ParserContext) -> int:
        """As the official one, without building its table of states for every line."""
        at_state = self._states.get(state)
        if at_state is None:
            found = getattr(self, f"match_token_at_{state}", None)
            if found is None:
                return int(super().match_token(state, token, context))
            at_state = self._states[state] = found
        return at_state(token, context)


def _asked_of_first_character(name: str, characters: str) -> Question:
    original: Question = getattr(Parser, name)

    def asked(self: Parser, context: ParserContext, token: Token) -> bool:
        line = token.line
        return bool(line) and (line.get_line_text()[:1] or " ") in characters and original(self, context, token)

    return asked


def _asked_of_titles(name: str) -> Question:
    original: Question = getattr(Parser, name)

    def asked(self: Parser, context: ParserContext, token: Token) -> bool:
        line = token.line
        return bool(line) and ":" in line.get_line_text() and original(self, context, token)

    return asked


def _install() -> None:
    for name, characters in _FIRST_CHARACTERS.items():
        if hasattr(Parser, name):
            setattr(QuickParser, name, _asked_of_first_character(name, characters))
    for name in _TITLES:
        if hasattr(Parser, name):
            setattr(QuickParser, name, _asked_of_titles(name))


_install()
PARSER = QuickParser()
