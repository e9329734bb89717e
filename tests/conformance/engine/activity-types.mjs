const CATCH = {
  message: "intermediateMessageCatch",
  timer: "intermediateTimer",
  signal: "intermediateSignalCatch",
  link: "intermediateLinkCatch",
  conditional: "intermediateConditional",
};
const THROW = {
  message: "intermediateMessageThrowEvent",
  signal: "intermediateSignalThrow",
  compensation: "intermediateCompensationThrowEvent",
  escalation: "intermediateEscalationThrowEvent",
  link: "intermediateLinkThrow",
};
const END = {
  error: "errorEndEvent",
  message: "messageEndEvent",
  signal: "signalEndEvent",
  terminate: "terminateEndEvent",
  cancel: "cancelEndEvent",
  compensation: "compensationEndEvent",
  escalation: "escalationEndEvent",
};
const START = {
  message: "messageStartEvent",
  timer: "startTimerEvent",
  signal: "signalStartEvent",
  error: "errorStartEvent",
  conditional: "conditionalStartEvent",
  escalation: "escalationStartEvent",
  compensation: "compensationStartEvent",
};
const BOUNDARY = {
  message: "boundaryMessage",
  timer: "boundaryTimer",
  signal: "boundarySignal",
  error: "boundaryError",
  conditional: "boundaryConditional",
  escalation: "boundaryEscalation",
  compensation: "compensationBoundaryCatch",
  cancel: "cancelBoundaryCatch",
};

/** How a vendor's history names the type of an element. */
export function typeOf(element, suite) {
  const [event] = element?.events ?? [];
  const type = element?.type;
  if (suite === "flowable")
    return (
      {
        catchEvent: "intermediateCatchEvent",
        throwEvent: "throwEvent",
        eventSubProcess: "eventSubProcess",
        eventGateway: "eventGateway",
      }[type] ??
      type ??
      ""
    );
  switch (type) {
    case "catchEvent":
      return CATCH[event?.kind] ?? "intermediateCatchEvent";
    case "throwEvent":
      return THROW[event?.kind] ?? "intermediateNoneThrowEvent";
    case "endEvent":
      return END[event?.kind] ?? "noneEndEvent";
    case "startEvent":
      return START[event?.kind] ?? "startEvent";
    case "boundaryEvent":
      return BOUNDARY[event?.kind] ?? "boundaryEvent";
    case "eventGateway":
      return "eventBasedGateway";
    case "eventSubProcess":
      return "subProcess";
    default:
      return type ?? "";
  }
}
