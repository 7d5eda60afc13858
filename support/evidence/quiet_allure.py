"""allure-pytest beside our reporter: it stays in charge of ordinary tests, keeps out of scenarios, and writes no containers.

As shipped it writes a file for each fixture of each test and names scenarios by Python functions and paths.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import allure_commons
import pytest
from allure_commons.types import AttachmentType
from allure_pytest.listener import AllureListener

from support.evidence.attachments import SINK
from support.gherkin.collection import ScenarioItem

LISTENER = "allure_listener"
"""The name under which allure-pytest registers its listener, only if `--alluredir` is given."""

Wrapper = Generator[None, Any, None]


_SHIPPED: Any = AllureListener


class QuietListener(_SHIPPED):  # type: ignore[misc]  # allure-pytest is untyped
    """allure-pytest's listener for everything but scenarios."""

    keeps_out_of_scenarios = True

    def _update_fixtures_children(self, item: pytest.Item) -> None:
        """No containers, so none has children."""

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self) -> Wrapper:
        """A fixture leaves no container."""
        yield

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_post_finalizer(self) -> Wrapper:
        """A fixture leaves no container."""
        yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> Wrapper:
        """Opens and closes an ordinary test's result; of a scenario nothing more is told."""
        if isinstance(item, ScenarioItem):
            yield
        else:
            yield from super().pytest_runtest_protocol(item, nextitem)

    @allure_commons.hookimpl
    def attach_data(self, body: object, name: str, attachment_type: object, extension: str | None) -> None:
        """Attachments of a running scenario go into its evidence."""
        if SINK.attach is None:
            super().attach_data(body, name, attachment_type, extension)


class AttachmentsToEvidence:
    """`allure.attach(...)` in a scenario attaches to its evidence, with or without `--alluredir`."""

    @allure_commons.hookimpl
    def attach_data(self, body: object, name: str, attachment_type: object) -> None:
        """Texts only: what is not text has no place in evidence."""
        if SINK.attach is not None and isinstance(body, str):
            media_type = attachment_type.mime_type if isinstance(attachment_type, AttachmentType) else str(attachment_type or "text/plain")
            SINK.attach(name or "attachment", body, media_type)


def silence_containers(config: pytest.Config) -> None:
    """Puts the quiet listener in the place of allure-pytest's own, if that is there, and forwards attachments."""
    forward = AttachmentsToEvidence()
    allure_commons.plugin_manager.register(forward)
    config.add_cleanup(lambda: _unregister(forward))
    shipped = config.pluginmanager.get_plugin(LISTENER)
    if isinstance(shipped, AllureListener) and not isinstance(shipped, QuietListener):
        # The object stays, so that allure-pytest's own clean-up finds it; what it answers to is read anew from its class.
        config.pluginmanager.unregister(shipped)
        _unregister(shipped)
        shipped.__class__ = QuietListener
        config.pluginmanager.register(shipped, LISTENER)
        allure_commons.plugin_manager.register(shipped)


def _unregister(plugin: object) -> None:
    if allure_commons.plugin_manager.is_registered(plugin):
        allure_commons.plugin_manager.unregister(plugin)
