"""Wiring only: the plugins of the suite."""

pytest_plugins = ["support.gherkin.plugin", "support.evidence.plugin", "support.targeting"]
