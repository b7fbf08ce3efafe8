"""The judgement on every element and attribute of BPMN and of Camunda's extensions.

What is executed (or keeps its meaning as a name, a note or a reference), what is ignored with a
warning, and what is refused because a diagram read over it would run wrongly. The names are those
of the descriptors `bpmn-moddle` and `camunda-bpmn-moddle`, to which a test holds the tables;
`bpmn.judgement` says how a line is read.
"""

from __future__ import annotations

from bpmn.judgement import Judgement, vocabulary
from bpmn.reading import BPMN, CAMUNDA

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
        @StartEvent: formKey
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
READ_IN = {
    name: frozenset(places.split())
    for names, places in {
        "in out": "callActivity",
        "formData": "userTask manualTask startEvent",
        "formKey assignee candidateGroups": "userTask manualTask",
        "topic": "serviceTask sendTask messageEventDefinition intermediateThrowEvent endEvent",
        "collection elementVariable": "multiInstanceLoopCharacteristics",
    }.items()
    for name in names.split()
}
