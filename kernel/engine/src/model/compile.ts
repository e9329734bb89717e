import { checkGraph } from "./check-graph.js";
import { soundnessProblems } from "./check-soundness.js";
import { activityParts, adHocOf, callOf, lanesOf, resourcesOf } from "./activity.js";
import { elementType, isScope } from "./element-type.js";
import { correlation, eventModels, messageOf, scriptLanguage } from "./event-definitions.js";
import { bodyText, child, documentation, list, type ModdleElement } from "./moddle.js";
import type { DanglingReferences } from "./dangling-references.js";
import type { Budget } from "./budget.js";
import type { ExpressionCheck } from "./expression-check.js";
import type { ElementModel, FlowModel, ProcessModel, TimerDefinition } from "./model.js";
import { notExecutedAt } from "./not-executed.js";
import { extensionElements, ownAttributes, vendorAttributes } from "./vendor.js";
import { located } from "./located.js";
import { timerExample, timerText } from "./timer-fault.js";
import type { Problem, ProblemCode } from "./problem.js";

/** Elements that carry no behaviour. */
const SILENT = new Set([
  "bpmn:DataObject",
  "bpmn:DataObjectReference",
  "bpmn:DataStoreReference",
  "bpmn:TextAnnotation",
  "bpmn:Association",
  "bpmn:Group",
]);

/** Problems of the graph that an element which is not there brings about. */
const CONSEQUENCES = new Set<ProblemCode>([
  "empty-process",
  "no-start",
  "unreachable",
  "link-target",
  "bad-default-flow",
]);

/** What all processes of a file share while they are compiled. */
export interface Reading {
  /** Of our namespace, as the file writes it. */
  prefix: string;
  lines: Map<string, number>;
  dangling: DanglingReferences;
  /** Whether every element with an id was read. */
  complete: boolean;
  /** Script languages besides FEEL that the host runs. */
  languages: readonly string[];
  expressions: ExpressionCheck;
  /** For the soundness of all of them. */
  soundness: Budget;
}

/** Compiles one process of the parsed tree and says what in it can't run. */
export function compileProcess(process: ModdleElement, reading: Reading): { model: ProcessModel; problems: Problem[] } {
  return new Compiler(process, reading).compile();
}

class Compiler {
  readonly problems: Problem[] = [];
  readonly model: ProcessModel;
  readonly #lanes: ReturnType<typeof lanesOf>;
  /** Ends of associations, by the other end: first those that point away from it. */
  readonly #associated = { from: new Map<string, string>(), to: new Map<string, string>() };
  #generated = 0;
  /** Whether every element has a behaviour; where one has none, its neighbours only seem to lack a way. */
  #complete: boolean;

  constructor(
    readonly process: ModdleElement,
    readonly reading: Reading,
  ) {
    this.#lanes = lanesOf(process);
    this.#complete = reading.complete;
    const text = documentation(process);
    this.model = {
      id: process.id ?? "process",
      ...(process.name === undefined ? {} : { name: process.name }),
      ...(text === undefined ? {} : { documentation: text }),
      extensions: ownAttributes(process, reading.prefix),
      elements: {},
      flows: {},
      starts: {},
      eventSubProcesses: {},
      data: {},
    };
    const vendor = vendorAttributes(process, reading.prefix);
    if (Object.keys(vendor).length > 0) this.model.vendor = vendor;
  }

  compile(): { model: ProcessModel; problems: Problem[] } {
    this.#scope(this.process, "");
    this.#attach();
    const shape = checkGraph(this.model, this.reading.lines);
    this.problems.push(...(this.#complete ? shape : shape.filter(({ code }) => !CONSEQUENCES.has(code))));
    if (this.#complete && !this.problems.some(({ severity }) => severity === "error"))
      this.problems.push(...soundnessProblems(this.model, this.reading.lines, this.reading.soundness));
    for (const problem of this.problems) problem.process = this.model.id;
    return { model: this.model, problems: this.problems };
  }

  #scope(container: ModdleElement, scope: string): void {
    const members = list(container, "flowElements");
    for (const element of members) {
      if (element.$type === "bpmn:DataObject") this.#data(element, scope);
      else if (element.$type !== "bpmn:SequenceFlow" && !SILENT.has(element.$type)) this.#element(element, scope);
    }
    for (const element of members) if (element.$type === "bpmn:SequenceFlow") this.#flow(element);
    for (const artifact of list(container, "artifacts")) {
      const from = child(artifact, "sourceRef")?.id;
      const to = child(artifact, "targetRef")?.id;
      if (artifact.$type !== "bpmn:Association" || from === undefined || to === undefined) continue;
      if (!this.#associated.from.has(from)) this.#associated.from.set(from, to);
      if (!this.#associated.to.has(to)) this.#associated.to.set(to, from);
    }
  }

  #data(element: ModdleElement, scope: string): void {
    const name = element.name ?? element.id;
    if (name === undefined) return;
    const value = extensionElements(element, "value")[0]?.["$body"];
    (this.model.data[scope] ??= []).push({
      name,
      ...(typeof value === "string" ? { value: typed(value, child(element, "itemSubjectRef")) } : {}),
    });
  }

  #element(element: ModdleElement, scope: string): void {
    element.id ??= this.#newId("element");
    const type = elementType(element);
    if ("code" in type) {
      this.#problem("error", type.code, element, type.params);
      this.#complete = false;
      return;
    }
    const text = documentation(element);
    const vendor = vendorAttributes(element, this.reading.prefix);
    const own = this.#lanes.get(element.id);
    const lane = own?.name ?? this.model.elements[scope]?.lane;
    const compiled: ElementModel = {
      id: element.id,
      type: type.type,
      ...(element.name === undefined ? {} : { name: element.name }),
      ...(text === undefined ? {} : { documentation: text }),
      scope,
      incoming: [],
      outgoing: [],
      ...activityParts(element),
      extensions: ownAttributes(element, this.reading.prefix),
      ...(lane === undefined ? {} : { lane }),
      ...vendorOf({ ...resourcesOf(element), ...vendor }),
    };
    if (own?.position !== undefined && type.type === "userTask") compiled.extensions["position"] ??= own.position;
    const fallback = child(element, "default")?.id;
    if (fallback !== undefined) compiled.defaultFlow = fallback;
    this.#kind(element, compiled);
    this.problems.push(...notExecutedAt(element, this.reading.lines));
    this.model.elements[element.id] = compiled;
    if (isScope(type.type)) this.#scope(element, element.id);
    if (type.type === "eventSubProcess") (this.model.eventSubProcesses[scope] ??= []).push(element.id);
  }

  #kind(element: ModdleElement, compiled: ElementModel): void {
    switch (compiled.type) {
      case "startEvent":
      case "endEvent":
      case "catchEvent":
      case "throwEvent":
      case "boundaryEvent":
        this.#event(element, compiled);
        break;
      case "scriptTask":
        this.#script(element, compiled);
        break;
      case "sendTask":
      case "receiveTask":
        compiled.events = [{ kind: "message", ...messageOf(element), ...correlation(element) }];
        if (element["instantiate"] === true) compiled.instantiate = true;
        break;
      case "eventGateway":
        if (element["instantiate"] === true) compiled.instantiate = true;
        break;
      case "callActivity": {
        const call = callOf(element);
        if (call) compiled.call = call;
        else this.#problem("error", "missing-call", element);
        break;
      }
      case "adHocSubProcess":
        compiled.adHoc = adHocOf(element);
        break;
      case "inclusiveGateway":
        this.model.inclusive = true;
        break;
      case "complexGateway": {
        this.model.inclusive = true;
        const activation = bodyText(child(element, "activationCondition"));
        if (activation !== undefined) compiled.activation = activation;
        break;
      }
      default:
        break;
    }
  }

  #event(element: ModdleElement, compiled: ElementModel): void {
    const { events, refused } = eventModels(element);
    for (const { code, params } of refused) this.#problem("error", code, element, params);
    if (events.length > 0) compiled.events = events;
    else if (refused.length === 0 && (compiled.type === "catchEvent" || compiled.type === "boundaryEvent"))
      this.#problem("error", "unsupported-event", element, { event: "None" });
    if (element["parallelMultiple"] === true && events.length > 1) compiled.parallelMultiple = true;
    if (element["cancelActivity"] === false || element["isInterrupting"] === false) compiled.nonInterrupting = true;
    for (const event of events) {
      if (event.kind === "conditional") {
        this.model.conditional = true;
        if (event.condition !== undefined && event.language === undefined) this.#expression(event.condition, element);
        if (event.language !== undefined) this.#knows(event.language, element);
      }
      if (event.timer) this.#timer(event.timer, element);
    }
    const host = compiled.type === "boundaryEvent" ? child(element, "attachedToRef")?.id : undefined;
    if (host !== undefined) compiled.attachedTo = host;
    else if (compiled.type === "boundaryEvent") this.#dangles(element, "attachedToRef");
  }

  /** Boundary events to their activities, compensation handlers to theirs. */
  #attach(): void {
    const { elements } = this.model;
    for (const element of Object.values(elements)) {
      if (element.attachedTo === undefined) continue;
      const host = elements[element.attachedTo];
      if (!host) {
        delete elements[element.id];
        continue;
      }
      (host.boundary ??= []).push(element.id);
      if (element.events?.some(({ kind }) => kind === "compensation")) {
        const handler = this.#associated.from.get(element.id) ?? this.#associated.to.get(element.id);
        if (handler !== undefined && elements[handler]) {
          host.compensation = handler;
          elements[handler].forCompensation = true;
        }
      }
    }
  }

  #flow(flow: ModdleElement): void {
    flow.id ??= this.#newId("flow");
    const source = child(flow, "sourceRef")?.id;
    const target = child(flow, "targetRef")?.id;
    if (source === undefined || target === undefined) {
      this.#dangles(flow, source === undefined ? "sourceRef" : "targetRef");
      return;
    }
    const from = this.model.elements[source];
    const to = this.model.elements[target];
    if (!from || !to) {
      // its end is an element that is reported already; its start must not be blamed for the loss
      if (from?.defaultFlow === flow.id) delete from.defaultFlow;
      return;
    }
    const condition = bodyText(child(flow, "conditionExpression"));
    const compiled: FlowModel = {
      id: flow.id,
      ...(flow.name === undefined ? {} : { name: flow.name }),
      source,
      target,
    };
    const skip = vendorAttributes(flow, this.reading.prefix)["skipExpression"];
    if (skip !== undefined) compiled.skip = skip;
    if (condition !== undefined) {
      compiled.condition = condition;
      const language = scriptLanguage(child(flow, "conditionExpression"));
      if (language === undefined) this.#expression(condition, flow);
      else if (this.#knows(language, flow)) compiled.language = language;
    }
    this.model.flows[flow.id] = compiled;
    from.outgoing.push(flow.id);
    to.incoming.push(flow.id);
  }

  #dangles(element: ModdleElement, property: string): void {
    const problem = this.reading.dangling.needed(element, property);
    if (problem) this.problems.push(problem);
  }

  #timer(timer: TimerDefinition, element: ModdleElement): void {
    const text = timerText(timer);
    const { expression } = timer;
    if (text === "time") return;
    // an expression is marked as one, or is FEEL that could be nothing else
    const isMarked = /^=|[$#]\{/.test(expression);
    if (text === "expression" && (isMarked || this.reading.expressions.errorOf(expression) === undefined))
      this.#expression(expression, element);
    else
      this.#problem("error", "bad-timer", element, {
        text: expression.slice(0, 200),
        kind: timer.kind,
        example: timerExample(timer),
      });
  }

  #script(element: ModdleElement, compiled: ElementModel): void {
    const text = bodyText(element, "script");
    const format = typeof element["scriptFormat"] === "string" ? element["scriptFormat"] : "feel";
    const language = /feel/i.test(format) ? "feel" : format.toLowerCase();
    if (text === undefined) this.#problem("error", "missing-script", element);
    else if (language !== "feel" && language !== "juel" && !this.reading.languages.includes(language))
      this.#problem("error", "unknown-script-language", element, { language: format });
    else {
      const resultVariable = compiled.extensions["resultVariable"] ?? compiled.resultVariable;
      compiled.script = { expression: text, language, ...(resultVariable === undefined ? {} : { resultVariable }) };
      if (language === "feel") this.#expression(text, element);
    }
  }

  #knows(language: string, element: ModdleElement): boolean {
    if (this.reading.languages.includes(language)) return true;
    this.#problem("error", "unknown-script-language", element, { language });
    return false;
  }

  #expression(text: string, element: ModdleElement): void {
    const error = this.reading.expressions.errorOf(text);
    if (error !== undefined)
      this.#problem("error", "bad-expression", element, {
        expression: text.slice(0, 200),
        error: error.slice(0, 200),
      });
  }

  #problem(
    severity: "error" | "warning",
    code: ProblemCode,
    element: ModdleElement,
    params?: Record<string, string>,
  ): void {
    this.problems.push({ severity, code, ...located(element, this.reading.lines), ...(params ? { params } : {}) });
  }

  /** Sequence flows without an id are legal XML. */
  #newId(kind: string): string {
    this.#generated += 1;
    return `${kind}-without-id-${this.#generated}`;
  }
}

function vendorOf(vendor: Record<string, string>): Pick<ElementModel, "vendor"> {
  return Object.keys(vendor).length > 0 ? { vendor } : {};
}

/** Data objects say their type by an item definition. */
function typed(text: string, item: ModdleElement | undefined): unknown {
  const structure = String(item?.["structureRef"] ?? "").replace(/^.*:/, "");
  if (/^(int|integer|long|short|double|float|decimal)$/.test(structure)) return Number(text);
  if (structure === "boolean") return text === "true";
  return text;
}
