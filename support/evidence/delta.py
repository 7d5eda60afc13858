"""What changed by requirement between two runs: gained, lost, regressed, fixed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from support.evidence.verdicts import RequirementVerdict, Standing


@dataclass(frozen=True, slots=True)
class Change:
    """One requirement whose standing differs."""

    requirement: str
    title: str
    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True)
class Delta:
    """The changes that matter: `gained` is good now and was not failing, `fixed` is good and was failing, `regressed` fails now,
    `lost` was good and is neither."""

    gained: tuple[Change, ...]
    lost: tuple[Change, ...]
    regressed: tuple[Change, ...]
    fixed: tuple[Change, ...]

    @property
    def headline(self) -> str:
        """One line: `2 regressed, 5 gained`, or that nothing changed."""
        parts = (("regressed", self.regressed), ("lost", self.lost), ("fixed", self.fixed), ("gained", self.gained))
        told = [f"{len(changes)} {name}" for name, changes in parts if changes]
        return ", ".join(told) or "no requirement changed its standing"


def delta(before: Iterable[RequirementVerdict], after: Iterable[RequirementVerdict]) -> Delta:
    """The changes from one run's verdicts to another's; a requirement that is new in the ledger was not covered before.

    What the later run left out is no change, unless what is left of it fails.
    """
    earlier = {verdict.requirement.id: verdict.standing for verdict in before}
    changes = [
        Change(verdict.requirement.id, verdict.requirement.title, earlier.get(verdict.requirement.id, Standing.NOT_COVERED), verdict.standing)
        for verdict in after
        if not verdict.partial or verdict.standing == Standing.FAILED
    ]
    return Delta(
        gained=tuple(each for each in changes if each.after.good and not each.before.good and each.before != Standing.FAILED),
        lost=tuple(each for each in changes if each.before.good and not each.after.good and each.after != Standing.FAILED),
        regressed=tuple(each for each in changes if each.after == Standing.FAILED and each.before != Standing.FAILED),
        fixed=tuple(each for each in changes if each.after.good and each.before == Standing.FAILED),
    )
