"""How a model server's engine settings change what it does.

Each factor is against vLLM's defaults; a deployment's declared latency is what it has with the settings that it had when it was first measured, so
only a *change* of settings moves it. Latency is multiplied by

- prefix caching on:             1 - 0.5 x cache hit rate (the cached part of a prompt is not computed again)
- quantization (any):            0.75 (half the bytes to read for each token)
- kv_cache_dtype fp8:            0.92 (twice the cache, fewer preemptions)
- gpu_memory_utilization u:      1 + 1.5 x (0.90 - u), at least 0.85 (more memory is more cache)
- max_num_seqs s:                1 + 0.04 x |log2(s / 128)| (too few wait, too many slow each other down)
- max_num_batched_tokens t:      1 + 0.03 x |log2(t / 8192)|
- tensor_parallel_size n:        n to the power of -0.6

and the accuracy by 0.998 with fp8, 0.990 with awq, 0.988 with gptq, 0.985 with int8 quantization.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

QUANTIZED_ACCURACY = {"fp8": Decimal("0.998"), "awq": Decimal("0.990"), "gptq": Decimal("0.988"), "int8": Decimal("0.985")}
DEFAULTS: dict[str, Any] = {
    "model": "meta-llama/Llama-3-8B-Instruct",
    "gpu_memory_utilization": 0.90,
    "max_num_seqs": 256,
    "max_num_batched_tokens": 8192,
    "enable_prefix_caching": False,
    "kv_cache_dtype": "auto",
    "quantization": None,
    "tensor_parallel_size": 1,
}


@dataclass(frozen=True)
class EngineSettings:
    """What a server was started with; what is not named is vLLM's default."""

    model: str
    gpu_memory_utilization: float
    max_num_seqs: int
    max_num_batched_tokens: int
    enable_prefix_caching: bool
    kv_cache_dtype: str
    quantization: str | None
    tensor_parallel_size: int

    def slowness(self, cache_hit_rate: float) -> float:
        """What latency is multiplied by, against vLLM's defaults."""
        factor = 1 - 0.5 * cache_hit_rate if self.enable_prefix_caching else 1.0
        factor *= 0.75 if self.quantization else 1.0
        factor *= 0.92 if self.kv_cache_dtype.startswith("fp8") else 1.0
        factor *= max(0.85, 1 + 1.5 * (0.90 - self.gpu_memory_utilization))
        factor *= 1 + 0.04 * abs(math.log2(max(self.max_num_seqs, 1) / 128))
        factor *= 1 + 0.03 * abs(math.log2(max(self.max_num_batched_tokens, 1) / 8192))
        return factor * float(max(self.tensor_parallel_size, 1) ** -0.6)

    def accuracy(self) -> Decimal:
        """What accuracy is multiplied by, against no quantization."""
        return QUANTIZED_ACCURACY.get(self.quantization or "", Decimal(1))


@lru_cache(maxsize=1024)
def read(text: str | None) -> EngineSettings:
    """The settings in an SSM parameter; a text that is not what vLLM could start with, or no text, is vLLM's defaults."""
    try:
        given = json.loads(text) if text else {}
        return _settings({**DEFAULTS, **{name: given[name] for name in DEFAULTS if given.get(name) is not None}})
    except (ValueError, TypeError, AttributeError):
        return _settings(DEFAULTS)


def _settings(values: dict[str, Any]) -> EngineSettings:
    return EngineSettings(
        str(values["model"]),
        float(values["gpu_memory_utilization"]),
        int(values["max_num_seqs"]),
        int(values["max_num_batched_tokens"]),
        str(values["enable_prefix_caching"]).lower() == "true",
        str(values["kv_cache_dtype"]),
        None if values["quantization"] in (None, "none", "None", "") else str(values["quantization"]),
        int(values["tensor_parallel_size"]),
    )
