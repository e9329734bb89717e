import type { Variable } from "../model/expression.js";
import type { DmnModel, ElementReference, ModelElement } from "../model/model.js";
import type { ModelProblem } from "../model/problem.js";
import { TypesOfModel } from "../values/types-of-model.js";
import type { ValueType } from "../values/value-type.js";
import { compileConstraint, type Compilation } from "./compilation.js";
import { compileExpression } from "./compile-expression.js";
import { resolveParameters, type Parameter } from "./compile-function.js";
import type { Step } from "./evaluation.js";
import { memberNames } from "./member-names.js";

/** An element of one of the models at hand. */
export interface Node<Element extends ModelElement = ModelElement> {
  readonly element: Element;
  readonly model: DmnModel;
  /** Names of the imports that lead from the evaluated model to the node's. */
  readonly path: readonly string[];
}

/** A required element, and the name under which it is seen. */
export interface Binding {
  /** Of the import; empty for an element that is seen by its own name. */
  readonly prefix: string;
  readonly name: string;
  readonly node: Node;
}

/** A decision or knowledge model, ready to run. */
export interface Logic {
  readonly bindings: readonly Binding[];
  readonly parameters: readonly Parameter[];
  readonly step: Step;
}

interface Unit {
  readonly model: DmnModel;
  readonly path: readonly string[];
  readonly nodes: ReadonlyMap<string, Node>;
  readonly types: TypesOfModel;
}

/** A model and what it imports, compiled as far as it was used. */
export class Program {
  readonly #units = new Map<string, Unit>();
  readonly #logic = new Map<Node, Logic>();
  readonly #memberNames: readonly string[];
  readonly #main: Unit;
  #reporting = "";

  /** @param report hears what is wrong with expressions when these are compiled */
  constructor(
    main: DmnModel,
    others: readonly DmnModel[],
    private readonly report: (problem: ModelProblem) => void = () => undefined,
  ) {
    this.#main = this.#unit(main, []);
    const waiting = [this.#main];
    for (let unit = waiting.shift(); unit; unit = waiting.shift()) {
      for (const { name, namespace } of unit.model.imports) {
        const model = others.find((candidate) => candidate.namespace === namespace);
        if (!model || this.#units.has(namespace)) continue;
        waiting.push(this.#unit(model, name === "" ? unit.path : [...unit.path, name]));
      }
    }
    this.#memberNames = memberNames([...this.#units.values()].map(({ model }) => model));
  }

  /** The element of the main model with that name or id. */
  find(reference: string): Node | undefined {
    const nodes = [...this.#main.nodes.values()];
    const byId = this.#main.nodes.get(reference);
    if (byId && byId.element.kind !== "input") return byId;
    return nodes.find(({ element }) => element.kind !== "input" && element.name === reference);
  }

  /** The elements of the main model. */
  get nodes(): readonly Node[] {
    return [...this.#main.nodes.values()];
  }

  /** What a reference of that node's model points at. */
  target({ id, namespace }: ElementReference, from: Node): Node | undefined {
    return this.#units.get(namespace ?? from.model.namespace)?.nodes.get(id);
  }

  /** The type of the node's own variable. */
  typeOf(node: Node): ValueType {
    return this.#typesOf(node).resolve(node.element.variable.type);
  }

  /** The parameters of a service: its input data, then its input decisions. */
  serviceParameters(nodes: readonly Node[]): Parameter[] {
    return nodes.map((node) => {
      const { name, type } = node.element.variable;
      return { name, type: this.typeOf(node), ...(type ? { typeName: type.name } : {}) };
    });
  }

  /** The compiled logic of a decision or knowledge model. */
  logic(node: Node): Logic {
    const known = this.#logic.get(node);
    if (known) return known;
    const compiled = this.#compile(node);
    this.#logic.set(node, compiled);
    return compiled;
  }

  #unit(model: DmnModel, path: readonly string[]): Unit {
    const report = this.#reportHere;
    const nodes = new Map(model.elements.map((element): [string, Node] => [element.id, { element, model, path }]));
    const types = new TypesOfModel(model, {
      typesOf: (namespace) => this.#units.get(namespace)?.types,
      constraint: (tests, line) => compileConstraint(tests, line, report),
      unknownType: (name) => {
        report({ severity: "warning", message: `there is no type "${name}": any value will do` });
      },
    });
    const unit = { model, path, nodes, types };
    this.#units.set(model.namespace, unit);
    return unit;
  }

  readonly #reportHere = (problem: ModelProblem): void => {
    this.report(this.#reporting === "" ? problem : { element: this.#reporting, ...problem });
  };

  #typesOf(node: Node): TypesOfModel {
    return this.#units.get(node.model.namespace)?.types ?? this.#main.types;
  }

  #compile(node: Node): Logic {
    const { element } = node;
    this.#reporting = element.name;
    const bindings = this.#bindings(node);
    const names = bindings.flatMap(({ prefix, name }) => (prefix === "" ? [name] : [prefix, name]));
    const compilation: Compilation = {
      types: this.#typesOf(node),
      memberNames: this.#memberNames,
      compile: (expression, seen) => compileExpression(expression, seen, compilation),
      report: this.#reportHere,
    };
    if (element.kind === "knowledge") {
      const variables: readonly Variable[] = element.logic?.parameters ?? [];
      const parameters = resolveParameters(variables, compilation);
      const inner = [...names, element.variable.name, ...variables.map(({ name }) => name)];
      return { bindings, parameters, step: this.#body(element.logic, inner, compilation) };
    }
    const logic = element.kind === "decision" ? element.logic : undefined;
    return { bindings, parameters: [], step: compilation.compile(logic, names) };
  }

  #body(
    logic: Extract<ModelElement, { kind: "knowledge" }>["logic"],
    names: readonly string[],
    compilation: Compilation,
  ): Step {
    if (!logic || logic.language === "FEEL") return compilation.compile(logic?.body, names);
    return (_scope, evaluation) => evaluation.warn(`functions written in ${logic.language} are not called`, logic.line);
  }

  #bindings(node: Node): Binding[] {
    const { element, model } = node;
    if (element.kind !== "decision" && element.kind !== "knowledge") return [];
    const { inputs, decisions, knowledge } = element.requires;
    return [...inputs, ...decisions, ...knowledge].flatMap((reference) => {
      const target = this.target(reference, node);
      if (!target || target === node) return [];
      const prefix = model.imports.find(({ namespace }) => namespace === reference.namespace)?.name ?? "";
      return [{ prefix, name: target.element.variable.name, node: target }];
    });
  }
}
