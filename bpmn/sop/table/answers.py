"""What an analyst says instead of a guess: it goes over what the table's words suggest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from bpmn.messages import AlurError, message
from bpmn.sop.document import ACTIVITY, DECISION, END, FACTS, LISTS, START
from bpmn.sop.table.words import writable

KINDS = (ACTIVITY, DECISION, START, END)


class UnreadableAnswers(AlurError):
    """The answers are not of the form that `Answers.as_json` gives."""


@dataclass(frozen=True)
class Answers:
    """By the places of rows in `Sop.steps` as they were shown; what is absent is guessed.

    ``columns`` are those who act, in their order: each a name, and what the table calls them (None
    where it has them under that name or not at all). Names of the table that stand nowhere among
    these are dropped. ``actors`` are names among them. ``ways`` are the arrows out of a row, each a
    label (empty out of an activity) and the place of a row; None leads to the end. ``identity`` has
    the names of `Identity`.
    """

    columns: tuple[tuple[str, str | None], ...] | None = None
    actors: Mapping[int, str] = field(default_factory=dict)
    kinds: Mapping[int, str] = field(default_factory=dict)
    ways: Mapping[int, tuple[tuple[str, int | None], ...]] = field(default_factory=dict)
    waktu: Mapping[int, str] = field(default_factory=dict)
    identity: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For `json.dumps`; what is not answered is not there."""
        columns = None if self.columns is None else [list(column) for column in self.columns]
        told: dict[str, Any] = {"columns": columns}
        told |= {
            name: {str(place): answer for place, answer in getattr(self, name).items()}
            for name in ("actors", "kinds", "waktu")
        }
        told["ways"] = {str(p): [list(way) for way in ways] for p, ways in self.ways.items()}
        told["identity"] = {
            name: value if isinstance(value, str) else list(value)
            for name, value in self.identity.items()
        }
        return {name: value for name, value in told.items() if value not in (None, {})}

    @classmethod
    def from_json(cls, given: object) -> Answers:
        """From what `json.loads` gives of anybody's text; raises `UnreadableAnswers`."""
        try:
            return cls._read(given)
        except (TypeError, ValueError, AttributeError) as error:
            raise UnreadableAnswers(message("Jawaban itu tidak terbaca.")) from error

    @classmethod
    def _read(cls, given: Any) -> Answers:
        if set(given) - {one.name for one in fields(cls)}:
            raise ValueError
        columns = given.get("columns")
        ways = {int(place): tuple(map(_way, found)) for place, found in _of(given, "ways")}
        return cls(
            columns=None if columns is None else tuple(map(_column, columns)),
            actors={int(place): _text(name) for place, name in _of(given, "actors")},
            kinds={int(place): _kind(kind) for place, kind in _of(given, "kinds")},
            ways=ways,
            waktu={int(place): _text(text) for place, text in _of(given, "waktu")},
            identity=dict(_fact(name, value) for name, value in _of(given, "identity")),
        )


def _of(given: Mapping[str, Any], name: str) -> list[tuple[str, Any]]:
    return list(given.get(name, {}).items())


def _text(value: object) -> str:
    """A text as a document keeps it: in one line, without what XML cannot hold."""
    if not isinstance(value, str):
        raise TypeError
    return " ".join(writable(value).split())


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise TypeError
    return tuple(map(_text, values))


def _column(column: Any) -> tuple[str, str | None]:
    if not isinstance(column, list):
        raise TypeError
    name, old = column
    return _text(name), None if old is None else _text(old)


def _kind(value: object) -> str:
    if value not in KINDS:
        raise ValueError
    return str(value)


def _way(way: Any) -> tuple[str, int | None]:
    label, target = way
    if target is not None and type(target) is not int:
        raise TypeError
    return _text(label), target


def _fact(name: str, value: Any) -> tuple[str, str | tuple[str, ...]]:
    if name not in FACTS:
        raise ValueError
    if name not in LISTS:
        return name, _text(value)
    return name, tuple(filter(None, _texts(value)))
