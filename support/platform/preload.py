"""All that a server of the platform loads and no setting changes. Whoever starts many servers imports this once, and forks."""

import fastapi_offline  # noqa: F401
import uvicorn.lifespan.on
import uvicorn.loops.auto
import uvicorn.protocols.http.httptools_impl  # noqa: F401
from sqlalchemy.dialects import sqlite  # noqa: F401  the database unless another is named
from sqlalchemy.orm import configure_mappers

from support.platform import app, clock_service, cloud, cloud_answers, cloud_connections, cloud_credentials, rooms, server
from support.platform.optimizations import catalogue, durable, engine

__all__ = [
    "app",
    "catalogue",
    "clock_service",
    "cloud",
    "cloud_answers",
    "cloud_connections",
    "cloud_credentials",
    "durable",
    "engine",
    "rooms",
    "server",
]

rooms.load()
configure_mappers()
cloud.load()
app.published()
