"""Which events of a customer's cloud OptiInfra wants to be told: those of which a node's end may follow."""

from __future__ import annotations

from typing import Any

WARNING = "EC2 Spot Instance Interruption Warning"
REBALANCE = "EC2 Instance Rebalance Recommendation"
STATE_CHANGE = "EC2 Instance State-change Notification"
LOST_STATES = frozenset({"shutting-down", "terminated", "stopping", "stopped"})

PATTERN: dict[str, Any] = {
    "source": ["aws.ec2"],
    "$or": [{"detail-type": [WARNING, REBALANCE]}, {"detail-type": [STATE_CHANGE], "detail": {"state": sorted(LOST_STATES)}}],
}
"""The same in EventBridge's own words, for the rule in the customer's account."""
