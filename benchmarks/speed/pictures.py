"""Pictures of growth: lines over sizes, as plain SVG.

Nothing of a picture moves with the numbers but the points themselves and the scale at the side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.speed.measures import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT = 800, 380
LEFT, RIGHT, TOP, BOTTOM, INSET = 64, 220, 60, 56, 24  # of the frame around the lines
COLOURS = ("#1f5fa8", "#b3541e", "#2d7d46", "#7a3e9d")
STEPS = 4  # of the scale
STYLE = (
    "text{font:13px sans-serif;fill:#222}.title{font-size:15px;font-weight:600}"
    ".grid{stroke:#d8d8d8}.axis{stroke:#555}.line{fill:none;stroke-width:2}"
)


@dataclass(frozen=True)
class Axis:
    """What lies below a picture: ``over`` which sizes it goes, evenly or by their logarithm."""

    over: str
    sizes: Sequence[int]
    by_logarithm: bool = False

    @property
    def places(self) -> list[float]:
        """Where each size lies, from left to right."""
        at = [math.log10(size) if self.by_logarithm else float(size) for size in self.sizes]
        first, last = LEFT + INSET, WIDTH - RIGHT - INSET
        return [round(first + (x - at[0]) / (at[-1] - at[0]) * (last - first), 1) for x in at]


def draw(
    name: str, title: str, unit: str, axis: Axis, lines: Mapping[str, Sequence[float]]
) -> None:
    """Writes `docs/images/<name>.svg`; each line has a value for each size of the axis."""
    top = _top(max(value for values in lines.values() for value in values))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{title}</title><style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text class="title" x="{LEFT}" y="24">{title}</text>',
        *_scale(top, unit),
        *_axis(axis),
        *_lines(lines, axis, top),
        "</svg>",
    ]
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / f"{name}.svg").write_text("\n".join(parts) + "\n")


def _scale(top: float, unit: str) -> Iterator[str]:
    """The lines behind, with what they stand for."""
    yield f'<text x="{LEFT}" y="{TOP - 14}">{unit}</text>'
    for step in range(STEPS + 1):
        y = _y(top * step / STEPS, top)
        kind = "grid" if step else "axis"
        yield f'<path class="{kind}" d="M{LEFT} {y}H{WIDTH - RIGHT}"/>'
        value = f"{top * step / STEPS:g}"
        yield f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{value}</text>'


def _axis(axis: Axis) -> Iterator[str]:
    """The sizes below, and what they are of."""
    y = HEIGHT - BOTTOM
    for x, size in zip(axis.places, axis.sizes, strict=True):
        yield f'<path class="axis" d="M{x} {y}v5"/>'
        yield f'<text x="{x}" y="{y + 20}" text-anchor="middle">{size:,}</text>'
    middle = (LEFT + WIDTH - RIGHT) / 2
    yield f'<text x="{middle:g}" y="{HEIGHT - 12}" text-anchor="middle">{axis.over}</text>'


def _lines(lines: Mapping[str, Sequence[float]], axis: Axis, top: float) -> Iterator[str]:
    """The lines, and beside them what each is, in the order in which they end."""
    ends = sorted(lines, key=lambda name: -lines[name][-1])
    for (name, values), colour in zip(lines.items(), COLOURS, strict=False):
        points = [(x, _y(value, top)) for x, value in zip(axis.places, values, strict=True)]
        way = " ".join(f"{x},{y}" for x, y in points)
        yield f'<polyline class="line" stroke="{colour}" points="{way}"/>'
        for (x, y), value in zip(points, values, strict=True):
            said = f"<title>{name}: {value:.3g}</title>"
            yield f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}">{said}</circle>'
        y = TOP + 20 + 24 * ends.index(name)
        x = WIDTH - RIGHT + 20
        yield f'<path class="line" stroke="{colour}" d="M{x} {y - 4}h18"/>'
        yield f'<text x="{x + 24}" y="{y}">{name}</text>'


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM), 1)


def _top(most: float) -> float:
    """The end of a scale that holds a value: a round number."""
    size = 1.0
    while size * 10 <= most:
        size *= 10
    return next(size * times for times in (1, 2, 4, 8, 10, 20) if size * times >= most)
