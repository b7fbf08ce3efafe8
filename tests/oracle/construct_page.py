"""Writes `docs/constructs.md` from the table of constructs and the judgements of the vocabulary.

.venv/bin/python tests/oracle/construct_page.py
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import constructs

from bpmn.judgement import Judgement
from bpmn.reading import BPMN
from bpmn.vocabulary import VOCABULARIES

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[2] / "docs" / "constructs.md"
HEAD = """# Constructs of BPMN 2.0

Written by `make constructs` from the tests: `tests/engine/test_constructs.py` runs each construct that is
executed, and stores and loads its state after every step. Clauses are those of BPMN 2.0
(OMG formal/2011-01-03). What is refused is refused at the check, with the id of the element.

| construct | element | clause | | how, or why not |
|---|---|---|---|---|
"""
NO_DATA = "data of a case has one scope (decision 12); in and out of it is said by `alur:gives`"
NO_CHOREOGRAPHY = "says who talks to whom, not how one office works; nothing executes it"
NO_ACTORS = "who acts is said by `alur:actor` on the lane, or by Camunda's assignment"
NO_CORRELATION = "cases are found by `alur:correlation`, which the stock modeler can edit"
NO_GLOBAL = "a global task is called by nothing that the modeler draws; call a process"
NO_OPERATION = "services are named by a topic"
# Why a type, or one of its properties, is refused; with the clause.
WHY: dict[str, tuple[str, str]] = {
    "GlobalTask GlobalManualTask GlobalUserTask GlobalScriptTask GlobalBusinessRuleTask": (
        "10.2.3",
        NO_GLOBAL,
    ),
    "BusinessRuleTask": ("10.2.3", "there is no decision table yet; decide with a script"),
    "AdHocSubProcess": ("10.2.5", "has no order that an SOP could state"),
    "Transaction CancelEventDefinition": ("10.2.5, 10.6", "needs compensation"),
    "ComplexGateway": ("10.5.5", "its semantics are open; draw the condition with other gateways"),
    "CompensateEventDefinition Activity.isForCompensation": (
        "10.6",
        "undoing is an act of the office, drawn as tasks of its own",
    ),
    "ConditionalEventDefinition": (
        "10.4.5",
        "nobody says when a condition is looked at; wait for a message",
    ),
    "LinkEventDefinition": ("10.4.5", "draw the sequence flow"),
    "ImplicitThrowEvent ComplexBehaviorDefinition MultiInstanceLoopCharacteristics.behavior"
    " MultiInstanceLoopCharacteristics.oneBehaviorEventRef"
    " MultiInstanceLoopCharacteristics.noneBehaviorEventRef": (
        "10.2.8",
        "instances throw no events of their own; draw the event inside",
    ),
    "InputOutputSpecification InputOutputBinding InputSet OutputSet DataInput DataOutput"
    " Assignment DataAssociation.transformation CallableElement.ioSpecification"
    " CallableElement.ioBinding Activity.ioSpecification": ("10.3.1", NO_DATA),
    "ResourceRole Performer HumanPerformer PotentialOwner ResourceParameterBinding"
    " ResourceAssignmentExpression": ("10.2.1", NO_ACTORS),
    "CorrelationKey CorrelationProperty CorrelationPropertyRetrievalExpression"
    " CorrelationPropertyBinding CorrelationSubscription": ("8.3.2", NO_CORRELATION),
    "MessageFlow MessageFlowAssociation ParticipantAssociation": (
        "8.3.10, 9.2",
        "an office is one pool; who else takes part is drawn empty or not at all",
    ),
    "ConversationNode Conversation CallConversation SubConversation GlobalConversation"
    " ConversationLink ConversationAssociation": ("9.4", NO_CHOREOGRAPHY),
    "ChoreographyActivity ChoreographyTask CallChoreography SubChoreography Choreography"
    " GlobalChoreographyTask Collaboration.choreographyRef": ("11", NO_CHOREOGRAPHY),
    "Definitions.expressionLanguage FormalExpression.language ScriptTask.scriptFormat": (
        "8.3.6",
        "conditions and scripts are in Alur's own language",
    ),
    "Extension.mustUnderstand": ("8.2.3", "what must be understood and is not is never run"),
    "Activity.startQuantity Activity.completionQuantity": (
        "10.2",
        "anything but 1: a token is one case's, and forks are drawn",
    ),
    "UserTask.implementation ServiceTask.implementation SendTask.implementation"
    " ReceiveTask.implementation ServiceTask.operationRef SendTask.operationRef"
    " ReceiveTask.operationRef MessageEventDefinition.operationRef": ("10.2.3", NO_OPERATION),
    "ReceiveTask.instantiate EventBasedGateway.instantiate EventBasedGateway.eventGatewayType": (
        "10.2.3, 10.5.6",
        "a case begins with a person or the clock, never with a message",
    ),
    "CatchEvent.parallelMultiple CatchEvent.eventDefinitionRef ThrowEvent.eventDefinitionRef": (
        "10.4.5",
        "an event has one definition of its own, drawn in it",
    ),
}


def reasons() -> dict[str, tuple[str, str]]:
    """The clause and the reason of each refused type or property."""
    return {name: said for names, said in WHY.items() for name in names.split()}


def refused() -> set[str]:
    """What the vocabulary of BPMN refuses: types, and properties as "Type.property"."""
    words = VOCABULARIES[BPMN]
    types = {name for name, said in words.types.items() if said is Judgement.REFUSED}
    lent = {name for name in words.lent if name in types}
    found = {
        f"{owner}.{name}"
        for (owner, name), word in words.words.items()
        if word.judgement is Judgement.REFUSED
    }
    return types | lent | found


def page() -> str:
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows())


def rows() -> Iterator[tuple[str, ...]]:
    for one in constructs.table():
        yield one.name, one.element, one.clause, "executed", one.how
    for names, (clause, why) in WHY.items():
        elements = ", ".join(_as_in_xml(name) for name in names.split())
        yield "", elements, clause, "refused", why
    for name, clause, why in constructs.REFUSED_PLACES:
        yield "", name, clause, "refused", why


def _as_in_xml(name: str) -> str:
    kind, _, attribute = name.partition(".")
    return f"{kind[0].lower()}{kind[1:]}{attribute and f' {attribute}'}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
