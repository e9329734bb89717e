import type { ProblemTexts } from "./problem-texts.js";

export const english: ProblemTexts = {
  severities: { error: "error", warning: "warning" },
  comma: ", ",
  where: "{kind} “{name}”",
  line: " (line {line})",
  said: "{where} {text}",
  problems: {
    "malformed-xml": {
      "": "The file is no complete XML and was read up to here. Export it once more, or look at this line.",
      unclosed:
        "<{tag}> is opened in line {opened} and not closed up to here. Add </{tag}>, or export the file once more.",
    },
    "too-large": "The file is over {limit}. Split it into several.",
    "too-many-parts": {
      "": "The file has {count} elements and attributes, more than {limit}, and is not read. Split it into several processes.",
      attributes: "One element has {count} attributes, more than {limit}: the file is not read. Export it once more.",
      diagram:
        "The diagram has {count} shapes, more than {limit}: the file is not read. Split it into several processes.",
    },
    "too-many-namespaces": "The file declares too many namespaces and is not read. Export it once more.",
    "too-deep":
      "The content is nested more than {limit} levels deep and is not read. Use fewer sub-processes or brackets.",
    "duplicate-id": "has an id that is there more than once; the later elements can't be read. Give them another id.",
    "skipped-content": "<{tag}> is nothing BPMN has in this place; it is skipped and not executed.",
    "too-much-skipped":
      "The file holds too much that is not BPMN and was read up to here only. Export it as BPMN 2.0 from the tool it comes from.",
    "illegal-id": {
      "": "has an id that can't be used. Ids consist of the letters a to z, digits and _ - . and begin with a letter or _. Give it another one; the name that people see may be Chinese or anything else.",
      reserved: "has an id that is a reserved word. Give it another one; the name that people see may stay.",
    },
    doctype: "The file holds a DOCTYPE or entities and is not read, for safety. Remove them.",
    "not-bpmn": "This is no BPMN 2.0. Choose BPMN 2.0 when you export it.",
    "no-process": "There is no process in the file: nothing can be executed.",
    "empty-process": "The process is empty.",
    "no-start": "There is nowhere to begin: something leads to every step. Draw a start event.",
    "several-starts": "is not used: of several start events only the first begins. Remove the others.",
    "no-end": "has no end. Draw an end event after the last step.",
    "unsupported-element": "is not supported. Use tasks, gateways, events or sub-processes.",
    "unsupported-event": "can't be a {event} event here. Use another kind of event.",
    "not-executed": {
      "": "is not executed.",
      "global-task":
        "is not executed: nobody does a global task outside of a process. Draw it as a task in the process.",
      choreography:
        "is not executed: a choreography only describes exchanges. Draw a process for each of those who take part.",
      conversation: "is not executed: a conversation only describes exchanges. Draw processes.",
      "parallel-start": "does not wait for all of its events: each starts a matter of its own.",
      "io-specification":
        "has an ioSpecification, which is not executed: no data is handed over by it. Use input and output mappings or variables.",
      "loop-events": "has multi-instance events (behavior), which are not thrown; all else is done.",
    },
    "message-flow": "is a message flow between two pools, which does nothing.",
    "ignored-pool": "is an empty pool and ignored.",
    "dangling-reference": {
      "": "refers by {reference} to “{id}”, which is not in the file. Correct the id, or add what it means.",
      missing: "has no {reference}, so that nobody knows where it leads. Add it.",
    },
    "missing-timer": "has no time. A duration is P3D (3 days), an instant 2026-03-01T09:00:00+08:00.",
    "bad-timer":
      "has a time that can't be read: “{text}”. Write it like {example}. Durations are P3D (3 days), PT2H (2 hours); instants 2026-03-01T09:00:00+08:00; cycles R3/P1D or cron. If it is a variable, put an equals sign before it: = name.",
    "missing-condition": "has no condition.",
    "missing-call": "does not say which process it calls. Fill in calledElement.",
    "link-target": "finds no catching link of its name: the matter would stop here. Draw one or correct the name.",
    "no-way-out":
      "leads to no end: the matter would never be finished. Draw a flow to an end event from here or from a later step.",
    "stuck-join":
      "waits for all its paths, but only some of them are taken before: the matter would be stuck here. Make the branching before it parallel, or this one exclusive.",
    "doubled-work":
      "would be done more than once: several paths run at the same time and come here without having been joined. Put a parallel gateway before it.",
    endless:
      "Some ways through it go round for ever: the matter would never be finished. Draw a way out of the loop to an end event.",
    "loop-without-wait":
      "is part of a loop in which nobody works and nothing waits: while its condition stays, it spins until the system stops it with an error. Put a user task or a timer into the loop, or check its condition.",
    "branch-without-condition":
      "has a flow to “{target}” without a condition that is not the default: it may be taken in any case. Give it a condition or make it the default.",
    "no-default-branch":
      "has no default branch: when no condition holds, the matter stops here. Make one of its flows the default.",
    unreachable:
      "can't be reached from the start: it and the steps behind it never run. Draw a flow to it or remove it.",
    "soundness-undecided":
      "has too many steps or ways to tell automatically whether each comes to an end. Check it by eye, or split it into several processes.",
    "bad-expression": "“{expression}” is no valid expression.",
    "expressions-unchecked":
      "There are so many long conditions and expressions that {count} were not checked; please check them by eye.",
    "unknown-script-language": "is written in {language}, which is not supported; use FEEL.",
    "missing-script": "has no script.",
    "bad-default-flow": "has a default branch that does not leave it. Choose its default branch anew.",
    "unknown-form": "asks for form {form}, which is not there.",
    "unknown-position": "is for position {position}, which is not in the catalogue: nobody could do it.",
    "unknown-action": "offers the action {action}, which is not known.",
    "bad-signature": {
      "": 'takes a signature for {action}, which is none of its actions. Write jinshui:signature="required", or name actions of jinshui:actions.',
      nobody: "takes a signature, but nobody finishes it: only user tasks are signed. Move jinshui:signature to one.",
    },
    "bad-attribute": "can't have “{value}” as jinshui:{attribute}. It can be: {allowed}.",
    "bad-signers": {
      "": "has jinshui:{attribute} but nobody who signs. Name their positions in jinshui:signers, or remove it.",
      loop: "has signers (jinshui:signers) and is a multi-instance task: only one of them is possible. Remove the multi-instance marker.",
      officers:
        "has signers (jinshui:signers) and wants two officers (jinshui:officers): only one of them is possible. Remove one.",
      empty: "names nobody in jinshui:signers. Name positions, separated by spaces.",
    },
    "unknown-step": "names step {step} in jinshui:{attribute}, which is no user task of this process. Correct the id.",
    "bad-time-limit":
      'has the time limit jinshui:{attribute}="{text}", which can\'t be read. Days and hours are numbers above 0, 3650 days at most; the unit is working or natural.',
    "unknown-job": "asks for job {job}, which the plugin does not declare.",
    "no-job": "is bound to nothing and passes through.",
    "not-on-site": {
      "": "can't be carried out by this site yet.",
      adHocSubProcess:
        "is an ad-hoc sub-process, which this site can't carry out yet. Use a plain sub-process, with an inclusive gateway for the steps that may be left out.",
    },
    "no-assignee": {
      "": 'does not say who does it, and goes to the applicant. Name a position by jinshui:position, or write jinshui:assign="applicant" where that is meant.',
      vendor:
        'says who does it by {given}, which this site does not follow: it goes to the applicant. Name a position by jinshui:position, or write jinshui:assign="applicant" where that is meant.',
    },
    "anyone-starts":
      "It may be started by everybody in the bureau. Name positions by jinshui:startPositions to limit that.",
    "no-name": {
      "": "has no name: people would see its id. Give it a name.",
      process: "The process has no name: people would see its id “{id}”. Give it a name.",
    },
    "long-id": "has an id of more than {limit} characters, which can't be stored. Give it a shorter one.",
    "more-problems": "There are {count} more problems; mend those above first and import the file again.",
  },
  elements: {
    process: "Process",
    participant: "Pool",
    lane: "Lane",
    task: "Task",
    userTask: "User task",
    serviceTask: "Service task",
    scriptTask: "Script task",
    manualTask: "Manual task",
    sendTask: "Send task",
    receiveTask: "Receive task",
    businessRuleTask: "Business rule task",
    callActivity: "Call activity",
    subProcess: "Sub-process",
    transaction: "Transaction",
    adHocSubProcess: "Ad-hoc sub-process",
    eventSubProcess: "Event sub-process",
    startEvent: "Start event",
    endEvent: "End event",
    intermediateCatchEvent: "Catching event",
    catchEvent: "Catching event",
    intermediateThrowEvent: "Throwing event",
    throwEvent: "Throwing event",
    boundaryEvent: "Boundary event",
    exclusiveGateway: "Exclusive gateway",
    parallelGateway: "Parallel gateway",
    inclusiveGateway: "Inclusive gateway",
    eventBasedGateway: "Event-based gateway",
    eventGateway: "Event-based gateway",
    complexGateway: "Complex gateway",
    sequenceFlow: "Sequence flow",
    messageFlow: "Message flow",
    association: "Association",
    collaboration: "Collaboration",
    dataObjectReference: "Data object",
    dataStoreReference: "Data store",
    globalTask: "Global task",
    globalUserTask: "Global user task",
    globalManualTask: "Global manual task",
    globalScriptTask: "Global script task",
    globalBusinessRuleTask: "Global business rule task",
    globalChoreographyTask: "Global choreography task",
    choreography: "Choreography",
    choreographyTask: "Choreography task",
    subChoreography: "Sub-choreography",
    callChoreography: "Call choreography",
    conversation: "Conversation",
    subConversation: "Sub-conversation",
    callConversation: "Call conversation",
    globalConversation: "Global conversation",
  },
  events: {
    message: "message",
    timer: "timer",
    signal: "signal",
    error: "error",
    escalation: "escalation",
    conditional: "conditional",
    compensate: "compensation",
    compensation: "compensation",
    cancel: "cancel",
    link: "link",
    terminate: "terminate",
    none: "none",
  },
};
