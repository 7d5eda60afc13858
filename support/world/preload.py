"""All that a world loads and no setting changes. Whoever starts many worlds imports this once, and forks."""

import importlib

from support.world.aws import moto

__all__ = ["moto"]

AFTER_MOTO = (
    "anyio._backends._asyncio",
    "uvicorn.lifespan.off",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
    "support.world.app",
    "support.world.aws.cloudwatch",
    "support.world.aws.ec2",
    "support.world.aws.elbv2",
    "support.world.aws.pricing",
    "support.world.aws.sts",
    "support.world.aws.tagging",
    "support.world.world",
)
"""What may import parts of moto, which must be loaded in our way before."""

moto.load()
for name in AFTER_MOTO:
    importlib.import_module(name)
