"""Our extension of pytest-bdd: feature files are tests, phrases are Cucumber Expressions, steps may be async, mistakes are told at once."""

from support.gherkin.ground import stand

stand()

from support.gherkin.definitions import StepDefinition, definition_of, definitions, given, then, when  # noqa: E402 - only where there is ground

__all__ = ["StepDefinition", "definition_of", "definitions", "given", "then", "when"]
