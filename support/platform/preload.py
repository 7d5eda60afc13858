"""All that a server of the platform loads and no setting changes. Whoever starts many servers imports this once, and forks."""

import encodings.idna  # noqa: F401  with which hosts are looked up

import anyio._backends._asyncio  # noqa: F401
import argon2  # noqa: F401
import cryptography.fernet  # noqa: F401
import fastapi_offline  # noqa: F401
import jwt  # noqa: F401
import uvicorn.lifespan.on
import uvicorn.loops.auto
import uvicorn.protocols.http.httptools_impl
import uvicorn.protocols.websockets.websockets_sansio_impl
from sqlalchemy.dialects import sqlite  # noqa: F401  the database unless another is named
from sqlalchemy.orm import configure_mappers

from support.platform import app, clock_service, cloud, cloud_credentials, rooms, server
from support.platform.fleet import survey
from support.platform.optimizations import catalogue, durable, engine

__all__ = [
    "app",
    "catalogue",
    "clock_service",
    "cloud",
    "cloud_credentials",
    "durable",
    "engine",
    "rooms",
    "server",
    "survey",
]

uvicorn.loops.auto.auto_loop_factory()
rooms.load()
configure_mappers()
cloud.load()
app.published()
