import { bodyText, child, list, type ModdleElement } from "./moddle.js";
import type { EventModel, TimerDefinition, VariableChange } from "./model.js";
import type { ProblemCode } from "./problem.js";
import { allOf, attribute, extensionElements, handed } from "./vendor.js";

type Refused = { code: ProblemCode; params?: Record<string, string> };

/** The event definitions of an event or of a message task, and why one of them can't run. */
export function eventModels(element: ModdleElement): { events: EventModel[]; refused: Refused[] } {
  const refused: Refused[] = [];
  const events: EventModel[] = [];
  const definitions = [
    ...list(element, "eventDefinitions"),
    ...list(element, "eventDefinitionRef"),
    ...listeners(element),
  ];
  for (const definition of definitions) {
    const event = eventModel(definition, element);
    if ("kind" in event) events.push(event);
    else refused.push(event);
  }
  return { events, refused };
}

function eventModel(definition: ModdleElement, element: ModdleElement): EventModel | Refused {
  const kind = definition.$type.replace(/^.*:|EventDefinition$/g, "").toLowerCase();
  switch (kind) {
    case "message":
      return { kind, ...messageOf(definition), ...correlation(element) };
    case "signal": {
      const signal = child(definition, "signalRef");
      const name = signal?.name ?? signal?.id ?? vendor(definition, "signalExpression");
      const local = signal !== undefined && vendor(signal, "scope") === "processInstance";
      const payload = payloadOf(definition);
      return {
        kind,
        ...(name === undefined ? {} : { name }),
        ...(local ? { local } : {}),
        ...(payload ? { payload } : {}),
      };
    }
    case "error":
    case "escalation":
      return { kind, ...coded(definition, kind) };
    case "timer": {
      const timer = timerOf(definition);
      return timer ? { kind, timer } : { code: "missing-timer" };
    }
    case "variablelistener": {
      const name = attribute(definition, "variableName");
      if (name === undefined) return { code: "missing-condition" };
      return { kind: "conditional", variables: [name], ...changesOf(attribute(definition, "variableChangeType")) };
    }
    case "conditional": {
      const condition = bodyText(child(definition, "condition"));
      if (condition === undefined) return { code: "missing-condition" };
      const variables = vendor(definition, "variableName");
      const language = scriptLanguage(child(definition, "condition"));
      return {
        kind,
        condition,
        ...(language === undefined ? {} : { language }),
        ...(variables === undefined ? {} : { variables: variables.split(",").map((name) => name.trim()) }),
        ...changesOf(vendor(definition, "variableEvents")),
      };
    }
    case "compensate": {
      const activity = child(definition, "activityRef")?.id;
      return {
        kind: "compensation",
        ...(activity === undefined ? {} : { activity }),
        ...(definition["waitForCompletion"] === false ? { goesOn: true } : {}),
      };
    }
    case "link":
      return { kind, ...(definition.name === undefined ? {} : { name: definition.name }) };
    case "terminate":
      return { kind, ...(vendor(definition, "terminateAll") === "true" ? { all: true } : {}) };
    case "cancel":
      return { kind };
    default:
      return { code: "unsupported-event", params: { event: kind } };
  }
}

/** The changes of variables that an event is for; none named: all of them. */
function changesOf(text: string | undefined): { changes?: VariableChange[] } {
  const known: readonly string[] = ["create", "update", "delete"];
  const changes = (text ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => known.includes(name)) as VariableChange[];
  return changes.length > 0 ? { changes } : {};
}

/** Flowable's events that wait for any change of a variable. */
function listeners(element: ModdleElement): ModdleElement[] {
  return extensionElements(element, "variableListenerEventDefinition");
}

/** What a thrown signal carries, as Camunda writes it. */
function payloadOf(definition: ModdleElement): EventModel["payload"] {
  const entries = extensionElements(definition, "in");
  if (entries.length === 0) return undefined;
  const businessKey = entries.map((entry) => attribute(entry, "businessKey")).find((key) => key !== undefined);
  const all = allOf(entries);
  return { inputs: handed(entries), ...(all ? { all } : {}), ...(businessKey === undefined ? {} : { businessKey }) };
}

/** The language of a condition written as a script; FEEL and UEL are none. */
export function scriptLanguage(expression: ModdleElement | undefined): string | undefined {
  const language = expression?.["language"];
  if (typeof language !== "string" || language === "" || /^https?:|feel|juel|uel/i.test(language)) return undefined;
  return language.toLowerCase();
}

/** The message a definition, a send task or a receive task names. */
export function messageOf(holder: ModdleElement): { name?: string } {
  const message = child(holder, "messageRef");
  const name = message?.name ?? message?.id ?? vendor(holder, "messageExpression");
  return name === undefined ? {} : { name };
}

/** What must match besides the name. */
export function correlation(element: ModdleElement): { correlation?: string } {
  const expression = vendor(element, "correlationKey") ?? vendor(element, "correlation");
  return expression === undefined ? {} : { correlation: expression };
}

function coded(definition: ModdleElement, kind: "error" | "escalation"): Omit<EventModel, "kind"> {
  const target = child(definition, `${kind}Ref`);
  const declared = target?.[`${kind}Code`];
  const code = typeof declared === "string" && declared !== "" ? declared : target?.id;
  const codeVariable = vendor(definition, `${kind}CodeVariable`) ?? vendor(definition, `${kind}VariableName`);
  const messageVariable = vendor(definition, `${kind}MessageVariable`);
  const message = target && vendor(target, `${kind}Message`);
  return {
    ...(code === undefined ? {} : { code }),
    ...(codeVariable === undefined ? {} : { codeVariable }),
    ...(messageVariable === undefined ? {} : { messageVariable }),
    ...(message === undefined ? {} : { message }),
  };
}

function timerOf(definition: ModdleElement): TimerDefinition | undefined {
  for (const [property, kind] of [
    ["timeDuration", "duration"],
    ["timeDate", "date"],
    ["timeCycle", "cycle"],
  ] as const) {
    const holder = child(definition, property);
    const expression = bodyText(holder);
    const end = holder && vendor(holder, "endDate");
    if (expression !== undefined)
      return {
        kind,
        expression: end === undefined ? expression : `${expression}/${end}`,
        ...(vendor(definition, "workingTime") === "true" ? { working: true } : {}),
      };
  }
  return undefined;
}

/** An attribute of any vendor, by local name. */
export function vendor(element: ModdleElement, name: string): string | undefined {
  for (const [key, value] of Object.entries(element.$attrs ?? {})) {
    if (key === name || key.endsWith(`:${name}`)) return String(value);
  }
  return undefined;
}
