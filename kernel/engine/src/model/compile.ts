import { isUel, syntaxError } from "../feel/feel.js";
import { isDuration, toInstant } from "../feel/iso-time.js";
import { checkGraph } from "./check-graph.js";
import { elementType } from "./element-type.js";
import { bodyText, child, documentation, list, type ModdleElement } from "./moddle.js";
import type { ElementModel, FlowModel, ProcessModel, TimerDefinition } from "./model.js";
import { located } from "./located.js";
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

/** Compiles one process of the parsed tree and says what in it can't run. */
export function compileProcess(
  process: ModdleElement,
  prefix: string,
  lines: Map<string, number>,
): { model: ProcessModel; problems: Problem[] } {
  const compiler = new Compiler(process, prefix, lines);
  return compiler.compile();
}

class Compiler {
  readonly problems: Problem[] = [];
  readonly model: ProcessModel;
  #generated = 0;

  constructor(
    readonly process: ModdleElement,
    readonly prefix: string,
    readonly lines: Map<string, number>,
  ) {
    const text = documentation(process);
    this.model = {
      id: process.id ?? "process",
      ...(process.name === undefined ? {} : { name: process.name }),
      ...(text === undefined ? {} : { documentation: text }),
      extensions: this.#extensions(process),
      elements: {},
      flows: {},
      starts: {},
    };
  }

  compile(): { model: ProcessModel; problems: Problem[] } {
    this.#scope(this.process, "");
    this.problems.push(...checkGraph(this.model, this.lines));
    for (const problem of this.problems) problem.process = this.model.id;
    return { model: this.model, problems: this.problems };
  }

  #scope(container: ModdleElement, scope: string): void {
    const members = list(container, "flowElements");
    for (const element of members) {
      if (element.$type !== "bpmn:SequenceFlow" && !SILENT.has(element.$type)) this.#element(element, scope);
    }
    for (const element of members) if (element.$type === "bpmn:SequenceFlow") this.#flow(element);
  }

  #element(element: ModdleElement, scope: string): void {
    element.id ??= this.#newId("element");
    const type = elementType(element);
    if ("code" in type) {
      this.#problem("error", type.code, element, type.params);
      return;
    }
    const text = documentation(element);
    const compiled: ElementModel = {
      id: element.id,
      type: type.type,
      ...(element.name === undefined ? {} : { name: element.name }),
      ...(text === undefined ? {} : { documentation: text }),
      scope,
      incoming: [],
      outgoing: [],
      extensions: this.#extensions(element),
    };
    const fallback = child(element, "default")?.id;
    if (fallback !== undefined) compiled.defaultFlow = fallback;
    if (type.type === "timerCatchEvent") this.#timer(element, compiled);
    if (type.type === "scriptTask") this.#script(element, compiled);
    this.model.elements[element.id] = compiled;
    if (type.type === "subProcess") this.#scope(element, element.id);
  }

  #flow(flow: ModdleElement): void {
    flow.id ??= this.#newId("flow");
    const source = child(flow, "sourceRef")?.id;
    const target = child(flow, "targetRef")?.id;
    if (source === undefined || target === undefined) {
      this.#problem("error", "dangling-reference", flow, {
        reference: source === undefined ? "sourceRef" : "targetRef",
      });
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
    if (condition !== undefined) {
      compiled.condition = condition;
      this.#expression(condition, flow);
    }
    this.model.flows[flow.id] = compiled;
    from.outgoing.push(flow.id);
    to.incoming.push(flow.id);
  }

  #timer(element: ModdleElement, compiled: ElementModel): void {
    const definition = list(element, "eventDefinitions")[0];
    const duration = definition && bodyText(child(definition, "timeDuration"));
    const date = definition && bodyText(child(definition, "timeDate"));
    const timer: TimerDefinition | undefined =
      duration !== undefined
        ? { kind: "duration", expression: duration }
        : date !== undefined
          ? { kind: "date", expression: date }
          : undefined;
    if (!timer) {
      const cycle = definition && child(definition, "timeCycle");
      this.#problem("error", cycle ? "unsupported-timer" : "missing-timer", element);
      return;
    }
    compiled.timer = timer;
    if (!isDuration(timer.expression) && toInstant(timer.expression) === undefined)
      this.#expression(timer.expression, element);
  }

  #script(element: ModdleElement, compiled: ElementModel): void {
    const text = bodyText(element, "script");
    const format = typeof element["scriptFormat"] === "string" ? element["scriptFormat"] : "feel";
    if (text === undefined) this.#problem("error", "missing-script", element);
    else if (!/feel/i.test(format)) this.#problem("error", "unknown-script-language", element, { language: format });
    else {
      const resultVariable = compiled.extensions["resultVariable"] ?? element.$attrs?.["camunda:resultVariable"];
      compiled.script = { expression: text, ...(resultVariable === undefined ? {} : { resultVariable }) };
      this.#expression(text, element);
    }
  }

  #expression(text: string, element: ModdleElement): void {
    if (isUel(text)) this.#problem("error", "uel-expression", element, { expression: text });
    else {
      const error = syntaxError(text);
      if (error !== undefined)
        this.#problem("error", "bad-expression", element, {
          expression: text.slice(0, 200),
          error: error.slice(0, 200),
        });
    }
  }

  #extensions(element: ModdleElement): Record<string, string> {
    const start = `${this.prefix}:`;
    const own = Object.entries(element.$attrs ?? {}).filter(([name]) => name.startsWith(start));
    return Object.fromEntries(own.map(([name, value]) => [name.slice(start.length), String(value)]));
  }

  #problem(
    severity: "error" | "warning",
    code: ProblemCode,
    element: ModdleElement,
    params?: Record<string, string>,
  ): void {
    this.problems.push({ severity, code, ...located(element, this.lines), ...(params ? { params } : {}) });
  }

  /** Sequence flows without an id are legal XML. */
  #newId(kind: string): string {
    this.#generated += 1;
    return `${kind}-without-id-${this.#generated}`;
  }
}
