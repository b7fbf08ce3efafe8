"""The rulebook in a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

from bpmn.messages import message
from bpmn.rulebook import FAMILIES, RULES
from bpmn.rulebook.rule import text_of
from engine.errors import InvalidInput
from engine.examples import lesson
from web.diagram_commands import as_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.rulebook.rule import Rule


@click.command()
@click.argument("name", required=False)
def rules(name: str | None) -> None:
    """Jelaskan aturan pemeriksaan: semuanya, atau satu dengan contohnya."""
    if name is not None and name not in RULES:
        raise InvalidInput(message('Tidak ada aturan bernama "{name}".', name=name))
    for line in _explained(RULES[name]) if name else _listed():
        click.echo(line)


def _listed() -> Iterator[str]:
    width = max(map(len, RULES))
    for number, family in enumerate(FAMILIES):
        yield f"{'' if number == 0 else chr(10)}{family.title}"
        yield from (f"  {rule.name:{width}}  {rule.title}" for rule in family.rules)


def _explained(rule: Rule) -> Iterator[str]:
    yield f"{rule.title} [{rule.name}]"
    for said in (str(rule.meaning), f"Cara memperbaiki: {rule.remedy}"):
        yield f"\n{textwrap.fill(said)}"
    taught = lesson(rule)
    if rule.wrong:
        yield from ("\nContoh yang salah:", _indented(rule.wrong))
        yield from (f"  → {as_line(finding)}" for finding in taught.findings)
    if rule.right:
        yield from ("\nContoh yang benar:", _indented(rule.right))
        yield from (f"  → {change.said}" for change in taught.changes)


def _indented(example: str) -> str:
    return textwrap.indent(text_of(example), "    ")
