"""Other settings for the engine: first for a tenth of the nodes, then for half of them, then for all."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from support.platform.fleet.views import DEPLOYMENT_TAG, group_name
from support.platform.optimizations.change import Change
from support.platform.optimizations.documents import Machine
from support.platform.optimizations.failures import NothingChanged
from support.platform.optimizations.health import Objective
from support.platform.optimizations.scripts import TUNING
from support.platform.optimizations.site import OPTIMIZATION_TAG
from support.platform.optimizations.watch import P95, P99, Watch
from support.platform.optimizations.waves import waves
from support.platform.telemetry.exposition import between
from support.platform.telemetry.probe import Probe

CANARY, VALIDATE_CANARY, SCALE, VALIDATE_SCALE, APPLY = TUNING


class EngineTuning(Change):
    """Moves nodes into a target group whose servers follow the new settings; in the end all follow them and the group is gone.

    A deployment of a single node has no tenth: its node gets the settings at once, and is watched as any wave is.
    """

    steps = TUNING

    def take(self, step: str, *, resumed: bool) -> dict[str, Any]:  # noqa: ARG002  every part is idempotent
        if step in {VALIDATE_CANARY, VALIDATE_SCALE}:
            record = self.record
            watch = Watch(self.services, record.customer, record.id, record.plan, self)
            return dict(watch.keep(self.work.nudge, self.journal.step_begun(record.id, step)))
        with self.turn():
            if self.record.snapshot is None:
                self._prepare()
            return self._apply() if step == APPLY else self._move({CANARY: 0, SCALE: 1}[step])

    def _prepare(self) -> None:
        snapshot = self.site.look()
        served = tuple(sorted(one for targets in snapshot.targets.values() for one in targets))
        machines = tuple(machine for machine in snapshot.machines if machine.instance_id in served)
        if snapshot.listener_arn is None or not machines:
            raise NothingChanged(f"{snapshot.deployment} has no load balancer through which traffic could be shifted", "no_load_balancer")
        settled = {"affected": served, "objective": self._no_worse(machines), "baseline": self.baseline(machines)}
        self.journal.keep_decided(self.record.id, settled, snapshot)

    def _no_worse(self, machines: tuple[Machine, ...]) -> Objective:
        """What was promised; where the latency is beyond that already, the change is only held to making it no worse."""
        record, promised = self.record, self.objective()
        readings = Probe(self.services.network, record.customer).readings({one.instance_id: one.private_ip for one in machines})
        before = between({}, readings)
        p95, p99 = before.quantile_ms(P95), before.quantile_ms(P99)
        return replace(promised, p95_ms=max(promised.p95_ms, p95 or promised.p95_ms), p99_ms=max(promised.p99_ms, p99 or promised.p99_ms))

    def _tuned(self) -> str:
        """The settings as they are to be, as JSON."""
        known = json.loads(self.snapshot.settings.get(self.site.settings_path, "{}"))
        return json.dumps({**known, **self.plan.details.get("setting_changes", {})}, sort_keys=True)

    def _main(self) -> tuple[str, str, list[str]]:
        """The target group that serves most: its name, its ARN and its instances."""
        snapshot = self.snapshot
        name = max(snapshot.targets, key=lambda one: (len(snapshot.targets[one]), one))
        return name, snapshot.groups[name], list(snapshot.targets[name])

    def _canary_name(self) -> str:
        return group_name(self.snapshot.deployment, "tuned")

    def _canaries(self, index: int) -> list[str]:
        targets = self._main()[2]
        return targets[: waves(len(targets), len(targets))[index].nodes]

    def _move(self, index: int) -> dict[str, Any]:
        """Gives the wave's nodes the new settings, and as much traffic as is their share."""
        _, main, targets = self._main()
        moved = self._canaries(index)
        if len(moved) == len(targets):
            self.site.write_setting(self.site.settings_path, self._tuned())
            return {"instances": moved}
        name, snapshot = self._canary_name(), self.snapshot
        self.site.write_setting(f"{self.site.settings_path}/{name}", self._tuned())
        canary = self.site.make_group(name, main, {DEPLOYMENT_TAG: snapshot.deployment, OPTIMIZATION_TAG: self.record.id})
        self.site.register(canary, moved)
        assert snapshot.listener_arn is not None
        weight = waves(len(targets), len(targets))[index].weight
        self.site.shift(snapshot.listener_arn, {main: 100 - weight, canary: weight})
        self.site.expect_healthy(canary, moved)
        self.site.deregister(main, moved)
        return {"instances": moved, "weight": weight}

    def _apply(self) -> dict[str, Any]:
        """All nodes follow the new settings, and traffic goes the way it always went."""
        self.site.write_setting(self.site.settings_path, self._tuned())
        self._gather()
        return {"settings": json.loads(self._tuned())}

    def _gather(self) -> None:
        _, main, targets = self._main()
        snapshot = self.snapshot
        alive = sorted(self.site.alive(targets))
        self.site.register(main, alive)
        self.site.expect_healthy(main, alive)
        assert snapshot.listener_arn is not None
        self.site.restore_actions(snapshot.listener_arn, snapshot.actions)
        canary = self.site.find_group(self._canary_name())
        if canary is not None:
            self.site.deregister(canary, alive)
            self.site.drop_group(canary)
        self.site.drop_setting(f"{self.site.settings_path}/{self._canary_name()}")

    def addresses(self) -> Mapping[str, str]:
        """Where the nodes are that follow the new settings."""
        index = 1 if self.journal.step_outcome(self.record.id, SCALE) else 0
        return {one: self.snapshot.machine(one).private_ip for one in self._canaries(index)}

    def silent(self, instance_ids: Collection[str]) -> None:
        """Nodes are not replaced by this change: one that is silent stays unknown, and the watch ends unhealthy."""

    def still_worth_it(self) -> None:
        """Settings have no price."""

    def undo(self, step: str) -> dict[str, Any]:
        if self.record.snapshot is None or step in {VALIDATE_CANARY, VALIDATE_SCALE}:
            return {}
        with self.turn():
            path, had = self.site.settings_path, self.snapshot.settings
            if path in had:
                if self.site.settings().get(path) != had[path]:
                    self.site.write_setting(path, had[path])
            else:
                self.site.drop_setting(path)
            self._gather()
            return {"settings": had.get(path)}
