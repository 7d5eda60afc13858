"""What no report may carry: secrets, and paths of the machine it was made on."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

MASK = "***"

_SECRETS = (
    re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"),
    re.compile(r"(?i)(?<=bearer )[\w.~+/=-]{8,}|(?<=basic )[\w+/=]{8,}"),
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    re.compile(r"\$argon2i?d?\$[^\s\"']+"),
    re.compile(r"(?<=://)[^\s/:@\"']+:[^\s/@\"']+(?=@)"),
)
_NAMED = re.compile(
    r"""(?ix)
    (?P<name>
      ["']? \b [\w-]*
      (?: password | passwd | secret | token | api[_-]?key | access[_-]?key | token[_-]?key | credential | authorization )
      [\w-]* \b ["']? \s* [:=] \s*
    )
    (?P<value> "[^"]*" | '[^']*' | [^\s"',;&)}\]]+ )
    """
)
_HARMLESS = re.compile(r"(?i)(?:null|none|true|false|\d{1,4}|\*{3}|bearer|basic|[a-z]{1,8})$")
"""Values that are none: words of a sentence such as "password: must contain a digit". Real secrets are registered, or longer."""
_HINT = re.compile(r"(?i)eyJ|bearer|basic |AKIA|ASIA|argon2|://[^/\s]*@|passw|secret|token|key|credential|authorization")


class Masking:
    """Replaces secrets by `***` and paths of this machine by what they stand for.

    Known are: whatever is registered, tokens and keys by their form, and values that follow a name such as `password` or `token`.
    """

    def __init__(self, root: Path) -> None:
        self._registered: list[str] = []
        prefixes = {
            str(Path(__file__).resolve().parents[2]): "",
            str(root.resolve()): "",
            str(Path(sys.prefix).resolve()): "<python>",
            str(Path(sys.base_prefix).resolve()): "<python>",
            str(Path(tempfile.gettempdir()).resolve()): "<temporary>",
            str(Path.home()): "<home>",
        }
        self._paths = {path: name for path, name in prefixes.items() if len(path) > 1}
        longest_first = sorted(self._paths, key=len, reverse=True)
        self._path = re.compile(rf"(?<![\w.])({'|'.join(re.escape(path) for path in longest_first)})(/|(?![\w.-]))")

    def register(self, secret: str) -> None:
        """From now on this value is masked wherever it stands; values below four characters are too common to be masked."""
        if len(secret) >= 4 and secret not in self._registered:
            self._registered.append(secret)

    def __call__(self, text: str) -> str:
        """The text as a report may carry it."""
        for secret in self._registered:
            text = text.replace(secret, MASK)
        if _HINT.search(text):
            for form in _SECRETS:
                text = form.sub(MASK, text)
            text = _NAMED.sub(_masked, text)
        return self._path.sub(self._named, text) if "/" in text else text

    def _named(self, found: re.Match[str]) -> str:
        name = self._paths[found[1]]
        return f"{name}{found[2]}" if name else ("" if found[2] else ".")


def _masked(found: re.Match[str]) -> str:
    value = found["value"]
    quote = value[0] if value[0] in "\"'" else ""
    return found[0] if not value.strip("\"'") or _HARMLESS.match(value.strip("\"'")) else f"{found['name']}{quote}{MASK}{quote}"
