"""All findings on a file: the rules on the drawing, then those that need the compiled program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bpmn.elements import File
from bpmn.findings import Finding, Severity
from bpmn.messages import message
from bpmn.reading import UnreadableDiagram, read
from bpmn.rules import check_drawing, check_file
from bpmn.rules.files import schema
from engine import data_flow, side_by_side, variables
from engine.errors import DiagramRefused, ExpressionFailed
from engine.expressions import parse, parse_script
from engine.spiff.programs import Program, compile_diagram

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Diagram

MAX_LETTERS = 200_000  # of all expressions of a process, which are parsed one by one
MAX_FINDINGS = 200  # more than anybody reads


@dataclass(frozen=True)
class Report:
    """What a check found, the programs that can be executed, and all that was drawn."""

    findings: tuple[Finding, ...]
    programs: tuple[Program, ...] = ()
    diagrams: tuple[Diagram, ...] = ()

    @property
    def names(self) -> dict[str, str]:
        """What the parts of the file are called, by id."""
        return {part: name for diagram in self.diagrams for part, name in diagram.names.items()}

    def worst(self, *severities: Severity) -> tuple[Finding, ...]:
        """The findings of these severities."""
        return tuple(finding for finding in self.findings if finding.severity in severities)

    @property
    def may_run(self) -> bool:
        """Whether a dry run may have it."""
        return bool(self.programs) and not self.worst(Severity.ERROR)

    @property
    def may_activate(self) -> bool:
        """Whether cases may be started from it."""
        return self.may_run and not self.worst(Severity.BLOCKING)


def check(source: bytes) -> Report:
    """Every finding that the file alone decides."""
    try:
        file = File(read(source))
    except UnreadableDiagram as error:
        return Report((Finding(Severity.ERROR, "readable", None, error.message),))
    findings = list(schema(file))
    if findings:
        return Report(_worst_first(findings), diagrams=file.diagrams)
    findings += check_file(file)
    programs = []
    for diagram in file.diagrams:
        if diagram.executable:
            found, program = check_process(diagram)
            findings += found
            programs += [program] if program else []
    together = {program.diagram.key: program.diagram for program in programs}
    for diagram in together.values():
        findings += data_flow.start_data(diagram, together)
    return Report(_worst_first(findings), tuple(programs), file.diagrams)


def check_process(diagram: Diagram) -> tuple[list[Finding], Program | None]:
    """The findings on one process and, when none of them is an error, its program."""
    findings = check_drawing(diagram)
    if sum(len(drawn.text) for drawn in variables.expressions(diagram)) > MAX_LETTERS:
        said = message(
            "Ungkapan dan skripnya terlalu banyak (lebih dari {n} huruf).", n=MAX_LETTERS
        )
        return [*findings, Finding(Severity.ERROR, "expression", diagram.key, said)], None
    findings += [found for rule in RULES for found in rule(diagram)]
    if any(finding.severity is Severity.ERROR for finding in findings):
        return findings, None
    try:
        return findings, compile_diagram(diagram)
    except DiagramRefused as error:
        return [*findings, Finding(Severity.ERROR, "compiled", diagram.key, error.message)], None


def _worst_first(findings: list[Finding]) -> tuple[Finding, ...]:
    """The findings in the order they were found, or of very many those that weigh most."""
    if len(findings) > MAX_FINDINGS:
        findings = sorted(findings, key=lambda found: list(Severity).index(found.severity))
    return tuple(findings[:MAX_FINDINGS])


def expression(diagram: Diagram) -> Iterator[Finding]:
    """Every expression of the diagram is one of Alur's language."""
    for element, text, script, _ in variables.expressions(diagram):
        try:
            parse_script(text) if script else parse(text)
        except ExpressionFailed as error:
            said = error.message
            if diagram.nodes.get(element) and diagram.nodes[element].timer:
                said = message('Waktu "{text}" bukan ISO 8601 (mis. PT10M).', text=text)
            yield Finding(Severity.ERROR, "expression", element, said)


def unknown_name(diagram: Diagram) -> Iterator[Finding]:
    """Expressions name what the process gives; a dry run, or a called process, may bring more."""
    known = variables.given(diagram)
    open_ended = variables.may_be_given(diagram)
    severity = Severity.WARNING if open_ended else Severity.BLOCKING
    for element, text, script, _ in variables.expressions(diagram):
        for name in sorted(variables.named(text, script) - known):
            said = message('Tidak ada isian atau skrip yang memberi "{name}".', name=name)
            yield Finding(severity, "unknown-name", element, said)


# Rules that need expressions.
RULES = (
    expression,
    unknown_name,
    data_flow.later_name,
    data_flow.perhaps_missing,
    side_by_side.parallel_writes,
)
