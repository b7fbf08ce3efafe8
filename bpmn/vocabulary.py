"""The judgement on every element and attribute of BPMN and of Camunda's extensions.

What is executed (or keeps its meaning as a name, a note or a reference), what is ignored with a
warning, and what is refused because a diagram read over it would run wrongly. The names are those
of the descriptors `bpmn-moddle` and `camunda-bpmn-moddle`, to which a test holds the tables;
`bpmn.judgement` says how a line is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from bpmn.diagram import FLOW_NODES
from bpmn.elements import owner_id
from bpmn.judgement import Judgement, Word, vocabulary
from bpmn.reading import BPMN, CAMUNDA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element

    WordOf = Callable[[str, str], tuple[str, Word]]


_BPMN = {
    Judgement.EXECUTED: """
        Definitions: name targetNamespace diagrams exporter exporterVersion
        Extension
        +BaseElement: id documentation extensionElements
        Documentation: text textFormat
        ExtensionElements: values
        +RootElement +Artifact +LoopCharacteristics +EventDefinition +FlowElementsContainer
        +CallableElement: name
        +FlowElement: name categoryValueRef
        +FlowNode: incoming outgoing lanes
        +InteractionNode: incomingConversationLinks outgoingConversationLinks
        Process: isExecutable definitionalCollaborationRef
        LaneSet: name
        Lane: name flowNodeRef childLaneSet
        Collaboration: name
        Participant: name processRef
        Message: name itemRef
        Signal: name structureRef
        Error: name errorCode structureRef
        Escalation: name escalationCode structureRef
        SequenceFlow: sourceRef targetRef conditionExpression
        Expression: body
        FormalExpression
        +Activity: default boundaryEventRefs
        Task UserTask ManualTask ServiceTask
        SendTask: messageRef
        ReceiveTask: messageRef
        ScriptTask: script
        CallActivity: calledElement
        SubProcess: triggeredByEvent
        StandardLoopCharacteristics: testBefore loopCondition loopMaximum
        MultiInstanceLoopCharacteristics: isSequential loopCardinality completionCondition
        MultiInstanceLoopCharacteristics: loopDataInputRef inputDataItem
        MultiInstanceLoopCharacteristics: loopDataOutputRef outputDataItem
        +Gateway: gatewayDirection
        ExclusiveGateway InclusiveGateway: default
        ParallelGateway EventBasedGateway
        +Event +CatchEvent +ThrowEvent EndEvent IntermediateCatchEvent IntermediateThrowEvent
        StartEvent: isInterrupting
        BoundaryEvent: cancelActivity attachedToRef
        TerminateEventDefinition
        TimerEventDefinition: timeDate timeCycle timeDuration
        MessageEventDefinition: messageRef
        SignalEventDefinition: signalRef
        ErrorEventDefinition: errorRef
        EscalationEventDefinition: escalationRef
        ItemAwareElement: itemSubjectRef
        DataObject: isCollection
        DataObjectReference: dataObjectRef
        DataAssociation: sourceRef targetRef
        DataInputAssociation DataOutputAssociation
        TextAnnotation: text textFormat
        Association: associationDirection sourceRef targetRef
        Group: categoryValueRef
        Category: name
        CategoryValue: value categorizedFlowElements
    """,
    Judgement.IGNORED: """
        Import Relationship ExtensionDefinition ExtensionAttributeDefinition
        Auditing Monitoring Rendering
        Interface Operation EndPoint PartnerEntity PartnerRole ParticipantMultiplicity
        ItemDefinition Resource ResourceParameter DataState DataStore DataStoreReference Property
        Definitions: typeLanguage=http://www.w3.org/2001/XMLSchema
        Extension: definition
        +BaseElement: extensionDefinitions
        ExtensionElements: valueRef extensionAttributeDefinition
        +CallableElement: supportedInterfaceRef
        Process: processType=None isClosed=false supports
        Lane: partitionElementRef partitionElement
        Collaboration: isClosed=false
        Participant: interfaceRef endPointRefs endPointRef
        SequenceFlow: isImmediate=true
        FormalExpression: evaluatesToTypeRef
    """,
    Judgement.REFUSED: """
        GlobalTask GlobalManualTask GlobalUserTask GlobalScriptTask GlobalBusinessRuleTask
        BusinessRuleTask AdHocSubProcess Transaction ComplexGateway
        CancelEventDefinition CompensateEventDefinition ConditionalEventDefinition
        LinkEventDefinition ImplicitThrowEvent ComplexBehaviorDefinition
        InputOutputSpecification InputOutputBinding InputSet OutputSet DataInput DataOutput
        Assignment
        ResourceRole Performer HumanPerformer PotentialOwner
        ResourceParameterBinding ResourceAssignmentExpression
        CorrelationKey CorrelationProperty CorrelationPropertyRetrievalExpression
        CorrelationPropertyBinding CorrelationSubscription
        MessageFlow MessageFlowAssociation ParticipantAssociation
        +ConversationNode Conversation CallConversation SubConversation GlobalConversation
        ConversationLink ConversationAssociation
        +ChoreographyActivity ChoreographyTask CallChoreography SubChoreography Choreography
        GlobalChoreographyTask
        Definitions: expressionLanguage=python|http://www.w3.org/1999/XPath
        Extension: mustUnderstand=false
        +CallableElement: ioSpecification ioBinding
        Collaboration: choreographyRef
        FormalExpression: language=python
        +Activity: isForCompensation=false startQuantity=1 completionQuantity=1 ioSpecification
        UserTask: implementation=##unspecified|##WebService
        ServiceTask: implementation=##unspecified|##WebService operationRef
        SendTask: implementation=##unspecified|##WebService operationRef
        ReceiveTask: implementation=##unspecified|##WebService operationRef instantiate=false
        ScriptTask: scriptFormat=python
        MultiInstanceLoopCharacteristics: behavior=All oneBehaviorEventRef noneBehaviorEventRef
        EventBasedGateway: instantiate=false eventGatewayType=Exclusive
        +CatchEvent: parallelMultiple=false eventDefinitionRef
        +ThrowEvent: eventDefinitionRef
        MessageEventDefinition: operationRef
        DataAssociation: transformation
    """,
}
_CAMUNDA = {
    Judgement.EXECUTED: """
        +Process: versionTag historyTimeToLive
        +Assignable: assignee candidateGroups
        +FormSupported: formKey
        FormData
        FormField: id label type defaultValue
        Validation
        Constraint: name config
        Value: id name value
        Properties
        Property: id name value
        +ExternalCapable: topic
        +Collectable: collection elementVariable
        +InOutBinding: source sourceExpression target
        In Out
    """,
    Judgement.IGNORED: """
        FailedJobRetryTimeCycle PotentialStarter
        +Definitions: diagramRelationId
        +Process: candidateStarterGroups candidateStarterUsers isStartableInTasklist=true
        +AsyncCapable: async=false asyncBefore=false asyncAfter=false exclusive=true
        +SignalEventDefinitionExtension: async=false
        +JobPriorized: jobPriority
        +TaskPriorized: taskPriority
        +TemplateSupported: modelerTemplate modelerTemplateVersion
        +Initiator: initiator
        +Error: errorMessage
        +Assignable: dueDate followUpDate priority
        FormData: businessKey
        FormField: datePattern
        +InOutBinding: businessKey
    """,
    Judgement.REFUSED: """
        InputOutput InputOutputParameter InputParameter OutputParameter
        +InputOutputParameterDefinition List Map Entry Script
        Connector Field ExecutionListener TaskListener FormProperty ErrorEventDefinition
        +FormSupported: formHandlerClass formRef formRefBinding formRefVersion
        +Assignable: candidateUsers
        +ScriptTask: resultVariable resource
        +FormalExpression: resource
        +ServiceTaskLike: expression class delegateExpression resultVariable
        +ExternalCapable: type=external
        +DmnCapable: decisionRef decisionRefBinding decisionRefVersion decisionRefTenantId
        +DmnCapable: mapDecisionResult
        +CallActivity: calledElementBinding=latest calledElementVersion calledElementVersionTag
        +CallActivity: calledElementTenantId caseRef caseBinding caseVersion caseTenantId
        +CallActivity: variableMappingClass variableMappingDelegateExpression
        +InOutBinding: variables=all local=false
        @StartEvent: formData formKey
        @SignalEventDefinition: in
        +ErrorEventDefinitionExtension: errorCodeVariable errorMessageVariable
        +EscalationEventDefinitionExtension: escalationCodeVariable
        +ConditionalEventDefinitionExtension: variableName variableEvents
    """,
}
VOCABULARIES = {
    BPMN: vocabulary("bpmn", _BPMN),
    **dict.fromkeys(CAMUNDA, vocabulary("camunda", _CAMUNDA)),
}

# Where an extension is read; in any other element it is without effect.
_READ_IN = {
    name: frozenset(places.split())
    for names, places in {
        "in out": "callActivity",
        "formData formKey assignee candidateGroups": "userTask manualTask",
        "topic": "serviceTask sendTask messageEventDefinition intermediateThrowEvent endEvent",
        "collection elementVariable": "multiInstanceLoopCharacteristics",
    }.items()
    for name in names.split()
}
# Refused as a whole; what stands in them is judged too, so that all is said at once.
_CONTAINERS = frozenset({"bpmn:transaction", "bpmn:adHocSubProcess"})
# The stock modeler draws data into a task as an association to a property of this name.
_PLACEHOLDER = ("bpmn:property", "__targetRef_placeholder")
# What a person can find by its id; of anything inside, the finding stands on these.
_FINDABLE = FLOW_NODES | frozenset(
    "process lane sequenceFlow participant dataObject dataObjectReference dataStoreReference"
    " textAnnotation association group".split()
)
MAX_SHOWN = 60  # letters of a value


@dataclass(frozen=True)
class Judged:
    """An element or one of its attributes, by the name under which it is told."""

    element: _Element
    name: str
    judgement: Judgement

    @property
    def is_extension(self) -> bool:
        """Whether it stands among the extensions of an element."""
        return split(self.element.tag)[0] in CAMUNDA


def judged(process: _Element) -> Iterator[Judged]:
    """What is not simply executed in a process, or beside the processes of its file."""
    root = process.getroottree().getroot()
    judgement_of, word_of = cache(_judgement), cache(_word)  # most names come again and again
    yield from _attributes(root, word_of)
    beside = [e for e in root.iterchildren() if split(e.tag) != (BPMN, "process")]
    ahead = [(element, "definitions") for element in (*reversed(beside), process)]
    while ahead:
        element, within = ahead.pop()
        name, judgement = judgement_of(str(element.tag), within)
        if judgement is None or (name, element.get("name")) == _PLACEHOLDER:
            continue
        if judgement is Judgement.EXECUTED:
            yield from _attributes(element, word_of)
        else:
            yield Judged(element, name, judgement)
        if judgement is Judgement.EXECUTED or name in _CONTAINERS:
            # An extension stands in what it extends.
            around = within if name == "bpmn:extensionElements" else split(element.tag)[1]
            ahead += [(child, around) for child in reversed(element)]


def findable_id(element: _Element) -> str | None:
    """The id under which a person finds an element, or what it is a part of."""
    for part in (element, *element.iterancestors()):
        if split(part.tag)[1] in _FINDABLE and part.get("id"):
            return part.get("id")
    return element.get("id") or owner_id(element)


def split(tag: object) -> tuple[str, str]:
    """The namespace and the name of an element or attribute."""
    namespace, _, name = str(tag).rpartition("}")
    return namespace.lstrip("{"), name


def _judgement(tag: str, within: str) -> tuple[str, Judgement | None]:
    """How an element is told and judged; not at all where it is of neither namespace."""
    namespace, name = split(tag)
    words = VOCABULARIES.get(namespace)
    if words is None:
        return name, None
    judgement = words.element(name, within)
    if namespace in CAMUNDA and judgement is Judgement.EXECUTED and not _is_read(name, within):
        judgement = Judgement.IGNORED
    return f"{words.prefix}:{name}", judgement


def _is_read(extension: str, owner: str) -> bool:
    return owner in _READ_IN.get(extension, {owner})


def _attributes(element: _Element, word_of: WordOf) -> Iterator[Judged]:
    for key, value in element.attrib.items():
        name, word = word_of(str(key), str(element.tag))
        if word.judgement is Judgement.EXECUTED or str(value).strip() in word.usual:
            continue
        shown = f"={str(value)[:MAX_SHOWN]}" if word.usual else ""
        yield Judged(element, name + shown, word.judgement)


def _word(key: str, tag: str) -> tuple[str, Word]:
    """How an attribute is told and judged; others speak of what is of neither namespace."""
    (namespace, name), (own, owner) = split(key), split(tag)
    words = VOCABULARIES.get(namespace or own)
    if words is None:
        return name, Word(Judgement.EXECUTED)
    if namespace and words is VOCABULARIES.get(own):  # its own attributes go without a prefix
        return f"{words.prefix}:{name}", Word(Judgement.UNKNOWN)
    word = words.attribute(name, owner)
    if namespace in CAMUNDA and word.judgement is Judgement.EXECUTED and not _is_read(name, owner):
        word = Word(Judgement.IGNORED)
    return name if words is VOCABULARIES[BPMN] else f"{words.prefix}:{name}", word
