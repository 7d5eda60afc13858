"""The page on which the API can be read and tried. It comes whole from this server: no network beyond it is needed."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

PAGE = "/docs"
PARTS = "/docs/parts"


def install(app: FastAPI) -> None:
    """Serves the page, and Swagger UI as the package fastapi-offline brings it along."""
    page = get_swagger_ui_html(
        openapi_url=app.openapi_url or "",
        title=f"{app.title}: the API",
        swagger_js_url=f"{PARTS}/swagger-ui-bundle.js",
        swagger_css_url=f"{PARTS}/swagger-ui.css",
        swagger_favicon_url=f"{PARTS}/favicon.png",
    )
    app.mount(PARTS, StaticFiles(directory=str(files("fastapi_offline").joinpath("static"))), name="parts of the API page")

    @app.get(PAGE, include_in_schema=False)
    async def api_page() -> HTMLResponse:
        return page
