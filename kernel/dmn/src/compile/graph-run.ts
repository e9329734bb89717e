import { FeelContext, FeelFunction, type FeelValue } from "@jinshui/feel";
import type { Decision, DecisionService, KnowledgeModel } from "../model/model.js";
import { readText } from "../values/read-text.js";
import { coerce, type ValueType } from "../values/value-type.js";
import { call, checkedFunction, withArguments } from "./compile-function.js";
import type { Evaluation, Scope } from "./evaluation.js";
import { inputValue } from "./input-value.js";
import type { Binding, Node, Program } from "./program.js";

/** The values of a requirements graph for one set of inputs, each computed once and only when it is needed. */
export class GraphRun {
  readonly #values = new Map<Node, FeelValue>();
  readonly #underWay = new Set<Node>();

  /** @param given values that are not computed: what a service got from its caller */
  constructor(
    private readonly program: Program,
    private readonly evaluation: Evaluation,
    private readonly input: FeelContext,
    given: ReadonlyMap<Node, FeelValue> = new Map(),
  ) {
    for (const [node, value] of given) this.#values.set(node, value);
  }

  /** The value of an input or a decision; the function of a knowledge model or a service. */
  value(node: Node): FeelValue {
    const known = this.#values.get(node);
    if (known !== undefined) return known;
    if (this.#underWay.has(node))
      return this.evaluation.warn(`"${node.element.name}" requires itself`, node.element.line);
    this.#underWay.add(node);
    const value = this.#compute(node);
    this.#underWay.delete(node);
    this.#values.set(node, value);
    return value;
  }

  /** Calls a knowledge model or service with arguments of those names from the input. */
  invoke(node: Node): FeelValue {
    const { element } = node;
    if (element.kind === "service") return this.#serviceFromInput(node as Node<DecisionService>);
    const called = this.value(node);
    if (!(called instanceof FeelFunction)) return null;
    const args = called.parameters.map((name) => this.input.find(name) ?? null);
    return call(called, args, this.evaluation);
  }

  #compute(node: Node): FeelValue {
    const { element } = node;
    switch (element.kind) {
      case "input":
        return this.#given(node);
      case "decision":
        return this.evaluation.inside(element.name, () => this.#decide(node as Node<Decision>));
      case "knowledge":
        return this.#knowledgeFunction(node as Node<KnowledgeModel>);
      case "service":
        return this.#serviceFunction(node as Node<DecisionService>);
    }
  }

  #decide(node: Node<Decision>): FeelValue {
    const { bindings, step } = this.program.logic(node);
    return this.#checked(step(this.#scope(bindings), this.evaluation), node, this.program.typeOf(node));
  }

  #knowledgeFunction(node: Node<KnowledgeModel>): FeelFunction {
    const { parameters, bindings, step } = this.program.logic(node);
    const { name } = node.element.variable;
    const result = resultType(this.program.typeOf(node));
    const self: FeelFunction = checkedFunction(parameters, this.evaluation, (args) =>
      this.evaluation.inside(node.element.name, () => {
        const scope = { ...this.#scope(bindings), [name]: self };
        return this.#checked(step(withArguments(scope, parameters, args), this.evaluation), node, result);
      }),
    );
    return self;
  }

  #serviceFunction(node: Node<DecisionService>): FeelFunction {
    const targets = this.#serviceInputs(node);
    return checkedFunction(this.program.serviceParameters(targets), this.evaluation, (args) => {
      const given = new Map(targets.map((target, index) => [target, args[index] ?? null]));
      return this.#runService(node, new GraphRun(this.program, this.evaluation, new FeelContext(), given));
    });
  }

  /** From outside, a wrong or missing argument is null, and the service runs all the same. */
  #serviceFromInput(node: Node<DecisionService>): FeelValue {
    const given = this.#serviceInputs(node).map((target): [Node, FeelValue] => [target, this.#given(target)]);
    return this.#runService(node, new GraphRun(this.program, this.evaluation, this.input, new Map(given)));
  }

  #serviceInputs(node: Node<DecisionService>): Node[] {
    const { inputData, inputDecisions } = node.element;
    return [...inputData, ...inputDecisions].flatMap((reference) => this.program.target(reference, node) ?? []);
  }

  #runService(node: Node<DecisionService>, graph: GraphRun): FeelValue {
    return this.evaluation.inside(node.element.name, () => {
      const outputs = node.element.outputs.flatMap((reference) => this.program.target(reference, node) ?? []);
      const values = outputs.map((output): [string, FeelValue] => [output.element.variable.name, graph.value(output)]);
      const value = values.length === 1 ? (values[0]?.[1] ?? null) : new FeelContext(values);
      return this.#checked(value, node, resultType(this.program.typeOf(node)));
    });
  }

  #given(node: Node): FeelValue {
    const type = this.program.typeOf(node);
    const value = inputValue(node, this.input);
    return this.#checked(this.evaluation.options.jsonInput ? readText(value, type) : value, node, type);
  }

  #checked(value: FeelValue, node: Node, type: ValueType): FeelValue {
    const coerced = coerce(value, type, this.evaluation.options);
    if (coerced !== undefined) return coerced;
    const wanted = node.element.variable.type?.name ?? "its type";
    return this.evaluation.warn(`the value of "${node.element.name}" is not of type ${wanted}`, node.element.line);
  }

  #scope(bindings: readonly Binding[]): Scope {
    const scope: Record<string, FeelValue> = {};
    const imported = new Map<string, [string, FeelValue][]>();
    for (const { prefix, name, node } of bindings) {
      const value = this.value(node);
      if (prefix === "") scope[name] = value;
      else imported.set(prefix, [...(imported.get(prefix) ?? []), [name, value]]);
    }
    for (const [prefix, members] of imported) scope[prefix] = new FeelContext(members);
    return scope;
  }
}

/** A function type says what a call gives; any other type is what it gives. */
function resultType(type: ValueType): ValueType {
  if (type.kind === "restricted") {
    const base = type.base();
    if (base.kind === "function") return base.result();
  }
  return type.kind === "function" ? type.result() : type;
}
