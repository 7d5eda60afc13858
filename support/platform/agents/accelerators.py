"""How fast accelerators are. LLM decoding reads every weight for every token, so memory bandwidth says how much load one can take."""

from __future__ import annotations

import re
from decimal import Decimal

from support.platform.fleet.views import Spec

BANDWIDTH = {"T4": 320, "A10G": 600, "L4": 300, "L40S": 864, "V100": 900, "A100": 1555, "H100": 3350, "H200": 4800}
"""GB/s of one accelerator, from NVIDIA's data sheets (A10G: AWS's variant of the A10)."""

BYTES_PER_PARAMETER = 2
OVERHEAD = Decimal("1.2")
"""What the engine needs beside the weights."""

_PARAMETERS = re.compile(r"(\d+(?:\.\d+)?)b\b", re.IGNORECASE)


def capacity(spec: Spec) -> Decimal | None:
    """GB/s of all accelerators of the type; None for an accelerator that is not in the table."""
    one = BANDWIDTH.get(spec.accelerator)
    return Decimal(one * spec.gpus) if one is not None and spec.gpus else None


def memory_needed_mib(model: str | None, present: int) -> int:
    """What the model named (`...-70B`) needs on accelerators, in MiB; what it has at present where the name does not tell its size."""
    sizes = _PARAMETERS.findall(model or "")
    if not sizes:
        return present
    gigabytes = Decimal(sizes[-1]) * BYTES_PER_PARAMETER * OVERHEAD
    return min(int(gigabytes * 1000**3 / 1024**2), present)
