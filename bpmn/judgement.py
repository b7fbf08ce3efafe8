"""Judgements on the words of a notation, and the tables in which they are written.

A line of a table is ``Type: property property=value|value``. The values behind a property are the
usual ones, which are accepted; the judgement is on any other. A property stands once, at the type
that defines it; one that holds parts of a type (``laneSets``) stands nowhere, for each part is
judged by its own type. A ``Type`` alone is judged with all that stands in it. ``+Type`` has no
element of its own and gives its properties to others; ``@Type`` is a type of BPMN in which an
extension is judged otherwise than elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Judgement(IntEnum):
    """What becomes of a part of a diagram; the gravest is the greatest."""

    EXECUTED = 0
    IGNORED = 1
    REFUSED = 2
    UNKNOWN = 3  # no descriptor has it


@dataclass(frozen=True)
class Word:
    """The judgement on one property; values that are ``usual`` are accepted in any case."""

    judgement: Judgement
    usual: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Vocabulary:
    """The judgements on one namespace: on types, and on properties by (type, property).

    ``lent`` are the types without an element. ``anywhere`` is for a type that inherits a property:
    the gravest judgement on the name.
    """

    prefix: str
    types: dict[str, Judgement] = field(default_factory=dict)
    words: dict[tuple[str, str], Word] = field(default_factory=dict)
    lent: set[str] = field(default_factory=set)
    anywhere: dict[str, Word] = field(default_factory=dict)

    def element(self, name: str, within: str) -> Judgement:
        """The judgement on an element: as a property of what it stands in, else as a type."""
        as_property, kind = self.words.get((_type(within), name)), _type(name)
        if as_property is None and kind in self.types and kind not in self.lent:
            return self.types[kind]
        return (as_property or self.anywhere.get(name, _UNKNOWN)).judgement

    def attribute(self, name: str, owner: str) -> Word:
        """The judgement on an attribute of an element."""
        return self.words.get((_type(owner), name)) or self.anywhere.get(name, _UNKNOWN)


_UNKNOWN = Word(Judgement.UNKNOWN)
_ALSO = {"false": "0", "true": "1"}  # a truth is written in two ways


def vocabulary(prefix: str, tables: Mapping[Judgement, str]) -> Vocabulary:
    """The vocabulary that stands in a table for each judgement."""
    made = Vocabulary(prefix)
    for judgement, table in tables.items():
        for mark, name, properties in _entries(table):
            if mark == "+":
                made.lent.add(name)
            if mark != "@" and (judgement is Judgement.EXECUTED or not properties):
                made.types[name] = judgement
            for text in properties:
                _learn(made, mark, name, judgement, text)
    return made


def _entries(table: str) -> Iterator[tuple[str, str, list[str]]]:
    """The mark, the type and the properties of each entry."""
    for line in table.splitlines():
        names, _, properties = line.partition(":")
        for name in names.split():
            bare = name.lstrip("+@")
            yield name.removesuffix(bare), bare, properties.split()


def _learn(made: Vocabulary, mark: str, owner: str, judgement: Judgement, text: str) -> None:
    name, _, values = text.partition("=")
    usual = set(filter(None, values.split("|")))
    word = Word(judgement, frozenset(usual | {_ALSO[value] for value in usual & _ALSO.keys()}))
    if (owner, name) in made.words:
        raise ValueError(f"{owner}.{name} is judged twice")
    made.words[owner, name] = word
    if mark != "@" and judgement >= made.anywhere.get(name, word).judgement:
        made.anywhere[name] = word


def _type(name: str) -> str:
    return name[:1].upper() + name[1:]
