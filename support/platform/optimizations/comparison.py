"""Is a fleet what it was? Pure: two snapshots, told apart in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from support.platform.optimizations.documents import Snapshot


def differences(before: Snapshot, now: Snapshot, replaceable: Collection[str] = ()) -> list[str]:
    """How the deployment differs from what it was, a line for each; nothing if it is the same.

    Instances whose ids are `replaceable` were terminated and cannot come back: for them another of exactly the same kind will do.
    """
    return [*_machines(before, now, replaceable), *_weights(before, now), *_targets(before, now, replaceable), *_settings(before, now)]


def _machines(before: Snapshot, now: Snapshot, replaceable: Collection[str]) -> list[str]:
    had = {machine.instance_id: machine for machine in before.machines}
    has = {machine.instance_id: machine for machine in now.machines}
    missing = [had[one] for one in sorted(had.keys() - has.keys())]
    strange = [has[one] for one in sorted(has.keys() - had.keys())]
    found = [f"instance {one.instance_id} is gone" for one in missing if one.instance_id not in replaceable]
    lost = Counter(one.kind for one in missing if one.instance_id in replaceable)
    for machine in strange:
        if lost[machine.kind] > 0:
            lost[machine.kind] -= 1
        else:
            kind = f"{machine.instance_type}, {machine.lifecycle}, {machine.availability_zone}"
            found.append(f"instance {machine.instance_id} ({kind}) was not there before")
    found += [f"{count} x {kind[0]} {kind[2]} in {kind[1]} was not replaced" for kind, count in sorted(lost.items()) if count > 0]
    found += [f"instance {one} is not what it was" for one in sorted(had.keys() & has.keys()) if had[one].kind != has[one].kind]
    return found


def _weights(before: Snapshot, now: Snapshot) -> list[str]:
    if before.actions == now.actions:
        return []
    names = sorted(before.weights.keys() | now.weights.keys())
    changed = [name for name in names if before.weights.get(name, 0) != now.weights.get(name, 0)]
    return [f"traffic to {name} is {now.weights.get(name, 0)}, it was {before.weights.get(name, 0)}" for name in changed]


def _targets(before: Snapshot, now: Snapshot, replaceable: Collection[str]) -> list[str]:
    found = []
    for name, had in sorted(before.targets.items()):
        has = now.targets.get(name, ())
        kept = set(had) - set(replaceable)
        if not kept <= set(has):
            found.append(f"target group {name} has lost {', '.join(sorted(kept - set(has)))}")
        if len(has) != len(had):
            found.append(f"target group {name} has {len(has)} targets, it had {len(had)}")
    return found


def _settings(before: Snapshot, now: Snapshot) -> list[str]:
    names = sorted(before.settings.keys() | now.settings.keys())
    return [f"setting {name} is not what it was" for name in names if before.settings.get(name) != now.settings.get(name)]
