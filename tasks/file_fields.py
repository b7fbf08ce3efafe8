"""Fields that are answered with a file; the file itself is kept by `engine.attachments`.

A page sends the number of a file that was brought before, a trial run what it would be called.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wtforms import StringField

from bpmn.messages import message
from engine import file_types

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict

    from bpmn.diagram import Field as Drawn
    from bpmn.diagram import Node


class Told(str):
    """A kept file as a person reads it; ``number`` leads to it."""

    number: int | None = None


class FileValue(StringField):
    """A file that is there already, as the dict that `engine.attachments` makes of it."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        self.data = None
        if not valuelist[0].strip():
            return
        try:
            self.data = as_value(json.loads(valuelist[0]))
        except ValueError:
            self.data = None
        if self.data is None:
            raise ValueError(message("Berkas itu tidak ada."))

    def _value(self) -> str:
        return show(self.data) if self.data else ""


def as_value(value: Any) -> dict[str, Any] | None:
    """A value of the case that is a file's; None for anything else."""
    named = isinstance(value, dict) and isinstance(value.get("name"), str)
    return value if named else None


def show(value: Any) -> Told:
    """A file's name and size."""
    size = value.get("size")
    told = Told(f"{value['name']} ({show_size(size)})" if isinstance(size, int) else value["name"])
    number = value.get("file")
    told.number = number if isinstance(number, int) else None
    return told


def show_size(size: int) -> str:
    """``1258291`` as ``1,2 MB``."""
    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{round(size / 1000)} kB"
    return f"{size / 1_000_000:.1f}".replace(".", ",") + " MB"


def of(task: Node) -> dict[str, Drawn]:
    """The fields of a task that are answered with a file, by name."""
    return {field.id: field for field in task.form if field.type == "file"}


def groups(drawn: Drawn) -> frozenset[str]:
    """The groups of file types that a field takes (`accept`); all when it does not say."""
    named = (name.strip() for name in drawn.properties.get("accept", "").split(","))
    return frozenset(filter(None, named)) or file_types.GROUPS


def with_files(
    task: Node, sent: MultiDict[str, str], kept: Mapping[int, dict[str, Any]]
) -> MultiDict[str, str]:
    """What was sent, with the values of the files that it names: nobody else can give such."""
    found = sent.copy()
    for name, drawn in of(task).items():
        if name in sent:
            value = kept.get(_number(sent[name]))
            fits = value is not None and file_types.group(value["type"]) in groups(drawn)
            found[name] = json.dumps(value) if fits else ""
    return found


def as_sent(value: Any) -> str:
    """A file of a trial run in the way `FileValue` reads it."""
    return json.dumps(value)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
