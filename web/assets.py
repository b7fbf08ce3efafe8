"""The built scripts and styles, found by their logical name in the build's manifest."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

DIST = Path(__file__).parent / "static" / "dist"


def register(app: Flask) -> None:
    """Gives templates ``asset('app.js')``."""
    app.add_template_global(asset)


def asset(name: str) -> str:
    """The address of a built file."""
    return f"/static/{_manifest()[name]}"


@cache
def _manifest() -> dict[str, str]:
    manifest: dict[str, str] = json.loads((DIST / "manifest.json").read_text())
    return manifest
