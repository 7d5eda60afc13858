"""The application agent: the quality of answers, measured before any change and watched afterwards. Pure."""

from __future__ import annotations

from decimal import Decimal

from support.platform.fleet.views import Baseline
from support.platform.optimizations.health import ENOUGH_SAMPLES, Count, degradation, degraded, percent
from support.platform.recommendations.findings import Opinion
from support.platform.values import ratio_text


def opinion(baseline: Baseline | None) -> Opinion:
    """Approved once a baseline of enough samples stands; pending until then."""
    if baseline is None:
        return Opinion("application", "pending", "No baseline could be measured: the model servers did not answer.")
    document = {"quality": ratio_text(baseline.quality), "samples": baseline.samples}
    if baseline.samples < ENOUGH_SAMPLES:
        return Opinion("application", "pending", f"The baseline rests on {baseline.samples} answers, {ENOUGH_SAMPLES} are needed.", document)
    return Opinion(
        "application", "approved", f"The baseline is {percent(baseline.quality)} of {baseline.samples} known prompts answered right.", document
    )


def alarm(baseline: Count, now: Count | None, floor: Decimal) -> str | None:
    """What to tell the customer when quality fell further below the baseline than promised; None otherwise, and on too few samples."""
    if now is None or now.of < ENOUGH_SAMPLES or not degraded(baseline, now, floor):
        return None
    return f"quality is {percent(now.share)}, {percent(degradation(baseline, now))} below the baseline of {percent(baseline.share)}"
