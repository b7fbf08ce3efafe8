"""Builds what a wheel carries but git does not: front-end bundles and compiled translations."""

import subprocess
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # An editable install takes what `make setup` builds in place.
        if version == "editable":
            return
        build_frontend(Path(self.root, "web/frontend"))
        compile_translations(Path(self.root, "web/translations"))


def build_frontend(directory: Path) -> None:
    for command in ["npm", "ci", "--ignore-scripts"], ["node", "build.mjs"]:
        subprocess.run(command, cwd=directory, check=True)


def compile_translations(directory: Path) -> None:
    for source in directory.glob("*/LC_MESSAGES/*.po"):
        with source.open("rb") as catalogue, source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, read_po(catalogue))
