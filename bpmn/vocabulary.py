"""The judgement on every element and attribute of BPMN and of Camunda's extensions.

What is executed (or keeps its meaning as a name, a note or a reference), what is ignored with a
warning, and what is refused because a diagram read over it would run wrongly. The names are those
of the descriptors `bpmn-moddle` and `camunda-bpmn-moddle`, to which a test holds the tables;
`bpmn.judgement` says how a line is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bpmn.diagram import FLOW_NODES
from bpmn.elements import owner_id
from bpmn.judgement import Judgement, vocabulary
from bpmn.reading import BPMN, CAMUNDA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

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
VOCABULARIES = {BPMN: vocabulary("bpmn", _BPMN)} | {
    namespace: vocabulary("camunda", _CAMUNDA) for namespace in CAMUNDA
}

# Refused as a whole; what stands in them is judged too, so that all is said at once.
_CONTAINERS = frozenset({"transaction", "adHocSubProcess"})
# The stock modeler draws data into a task as an association to a property of this name.
_PLACEHOLDER = "__targetRef_placeholder"
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
    """All that stands in a process, and beside the processes of its file, with its judgement."""
    root = process.getroottree().getroot()
    yield from _attributes(root)
    for element in root.iterchildren():
        if element is process or split(element.tag) != (BPMN, "process"):
            yield from _element(element)


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


def _element(element: _Element) -> Iterator[Judged]:
    namespace, name = split(element.tag)
    words = VOCABULARIES.get(namespace)
    if words is None or (name == "property" and element.get("name") == _PLACEHOLDER):
        return
    judgement = words.element(name, _within(element))
    yield Judged(element, f"{words.prefix}:{name}", judgement)
    if judgement is Judgement.EXECUTED:
        yield from _attributes(element)
    if judgement is Judgement.EXECUTED or name in _CONTAINERS:
        for child in element.iterchildren():
            yield from _element(child)


def _attributes(element: _Element) -> Iterator[Judged]:
    own, owner = split(element.tag)
    for key, text in element.attrib.items():
        namespace, name = split(key)
        words = VOCABULARIES.get(namespace or own)
        if words is None:
            continue
        word, value = words.attribute(name, owner), str(text)
        judgement = Judgement.EXECUTED if value.strip() in word.usual else word.judgement
        prefix = "" if words is VOCABULARIES[BPMN] else f"{words.prefix}:"
        shown = f"={value[:MAX_SHOWN]}" if word.usual else ""
        yield Judged(element, f"{prefix}{name}{shown}", judgement)


def _within(element: _Element) -> str:
    """The element around this one; of an extension, the one that is extended."""
    names = (split(around.tag)[1] for around in element.iterancestors())
    return next((name for name in names if name != "extensionElements"), "")
