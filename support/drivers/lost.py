"""The end of a target: what is raised when a process died, hangs, or does not answer any more."""

from __future__ import annotations


class TargetLost(Exception):
    """The target does not answer any more; the run cannot go on. `log` is the tail of what its process wrote, if it is ours."""

    def __init__(self, what: str, log: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.log = log

    def __str__(self) -> str:
        return f"{self.what}\n{self.log}" if self.log else self.what


class ContractBroken(AssertionError):
    """An answer does not keep to the platform's own published contract, or carries a word outside the domain's vocabulary."""
