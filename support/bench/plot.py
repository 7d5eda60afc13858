"""The plot of cost over scenarios, steps and definitions: one panel each, as an SVG that needs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import floor, log10

from support.bench.measuring import Measured

PANEL, HEIGHT, LEFT, TOP, BOTTOM, GAP = 260, 200, 48, 40, 46, 60
COLOURS = ("#0b6e4f", "#c8553d", "#3d5a98", "#8d6a9f", "#7a7a7a")
SIZES = {"scenarios": "scenarios", "steps in a scenario": "steps", "definitions": "definitions"}
"""The field of a size that each series varies."""


def plot(series: dict[str, list[Measured]]) -> str:
    """The panels side by side, each with its own axes from zero, and one legend below."""
    names = list(dict.fromkeys(each.runner for measured in series.values() for each in measured))
    colours = {name: COLOURS[number % len(COLOURS)] for number, name in enumerate(names)}
    width = LEFT + len(series) * (PANEL + GAP)
    height = TOP + HEIGHT + BOTTOM + 22 * len(names)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif" font-size="12" role="img">',
        "<title>Seconds of processor over scenarios, steps and definitions</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for number, (name, measured) in enumerate(series.items()):
        parts += _panel(LEFT + number * (PANEL + GAP), name, measured, colours)
    for number, (name, colour) in enumerate(colours.items()):
        y = TOP + HEIGHT + BOTTOM + 22 * number + 4
        parts.append(f'<rect x="{LEFT}" y="{y - 9}" width="18" height="4" fill="{colour}"/><text x="{LEFT + 26}" y="{y - 2}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _panel(left: int, name: str, measured: Sequence[Measured], colours: dict[str, str]) -> list[str]:
    field = SIZES[name]
    widest = max(int(getattr(each.size, field)) for each in measured)
    highest = _round_above(max(each.cost.processor for each in measured))
    bottom = TOP + HEIGHT

    def x(each: Measured) -> float:
        return left + PANEL * float(getattr(each.size, field)) / widest

    def y(seconds: float) -> float:
        return bottom - HEIGHT * seconds / highest

    parts = [
        f'<text x="{left}" y="{TOP - 14}" font-weight="bold">processor s over {escape(name)}</text>',
        f'<path d="M{left} {TOP}V{bottom}H{left + PANEL}" fill="none" stroke="#888888"/>',
    ]
    for part in (0.5, 1.0):
        parts.append(f'<path d="M{left} {y(highest * part):.1f}H{left + PANEL}" stroke="#dddddd"/>')
        parts.append(f'<text x="{left - 6}" y="{y(highest * part) + 4:.1f}" text-anchor="end">{highest * part:g}</text>')
    parts += [
        f'<text x="{left + PANEL * size / widest:.1f}" y="{bottom + 16}" text-anchor="middle">{size:,}</text>'
        for size in sorted({int(getattr(each.size, field)) for each in measured})
    ]
    for runner, colour in colours.items():
        points = sorted((x(each), y(each.cost.processor)) for each in measured if each.runner == runner)
        line = " ".join(f"{across:.1f},{up:.1f}" for across, up in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{across:.1f}" cy="{up:.1f}" r="3" fill="{colour}"/>' for across, up in points]
    return parts


def _round_above(seconds: float) -> float:
    """The next number that a reader halves without thinking."""
    unit: float = 10 ** floor(log10(seconds))
    return next(factor * unit for factor in (1, 2, 3, 4, 6, 8, 10) if factor * unit >= seconds)
