"""The page on which the API can be tried needs nothing but this server."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient


def test_everything_that_the_page_loads_comes_from_here(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "://" not in page
    loaded = re.findall(r"(?:src|href)=\"([^\"]+)\"", page) + re.findall(r"url: '([^']+)'", page)
    assert len(loaded) == 4, "the styles, the icon, the program and the document"
    for address in loaded:
        assert client.get(address).status_code == 200, address


def test_what_is_not_part_of_it_is_refused_like_everything_unknown(client: TestClient) -> None:
    answer = client.get("/docs/parts/nothing.js")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert client.get("/redoc").status_code == 404
