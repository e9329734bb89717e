import { typeNamed } from "@jinshui/feel";
import type { ItemDefinition, TypeReference } from "../model/item-definition.js";
import type { DmnModel } from "../model/model.js";
import { ANY, type Constraint, type ValueType } from "./value-type.js";

/** What the types of a model need from outside. */
export interface TypeSurroundings {
  /** The types of the model with that namespace. */
  typesOf(namespace: string): TypesOfModel | undefined;
  constraint(tests: string, line: number): Constraint | undefined;
  unknownType(name: string): void;
}

/** The types a model defines, as values are checked against them. */
export class TypesOfModel {
  readonly #known = new Map<string, ValueType>();

  constructor(
    private readonly model: DmnModel,
    private readonly surroundings: TypeSurroundings,
  ) {}

  /** The type of that name; any when there is none. */
  resolve(reference: TypeReference | undefined): ValueType {
    if (reference === undefined) return ANY;
    const found =
      reference.namespace === undefined
        ? this.#named(reference.name)
        : this.surroundings.typesOf(reference.namespace)?.own(reference.name);
    if (found) return found;
    this.surroundings.unknownType(reference.name);
    return ANY;
  }

  /** A type defined in this model itself. */
  own(name: string): ValueType | undefined {
    const known = this.#known.get(name);
    if (known) return known;
    const definition = this.model.itemDefinitions.find((candidate) => candidate.name === name);
    if (!definition) return undefined;
    const type = this.#define(definition);
    this.#known.set(name, type);
    return type;
  }

  /** The text of the values that the type named, or the one it restricts, allows. */
  allowedValues(reference: TypeReference | undefined): string | undefined {
    const seen = new Set<ItemDefinition>();
    let definition = this.#definition(reference);
    while (definition && definition.allowedValues === undefined && !seen.has(definition)) {
      seen.add(definition);
      definition = this.#definition(definition.base);
    }
    return definition?.allowedValues;
  }

  #definition(reference: TypeReference | undefined): ItemDefinition | undefined {
    return this.model.itemDefinitions.find(({ name }) => name === reference?.name);
  }

  #named(name: string): ValueType | undefined {
    return this.own(name) ?? builtIn(name, (inner) => this.resolve({ name: inner })) ?? this.#imported(name);
  }

  #imported(name: string): ValueType | undefined {
    for (const { name: prefix, namespace } of this.model.imports) {
      const local = prefix === "" ? name : name.startsWith(`${prefix}.`) ? name.slice(prefix.length + 1) : undefined;
      const types = local === undefined ? undefined : this.surroundings.typesOf(namespace);
      const found = local === undefined || !types ? undefined : (types.own(local) ?? types.#imported(local));
      if (found) return found;
    }
    return undefined;
  }

  #define(definition: ItemDefinition): ValueType {
    const single = this.#single(definition);
    const allowed = this.#constraint(definition.allowedValues, definition.line);
    const whole = this.#constraint(definition.typeConstraint, definition.line);
    const item = restricted(single, allowed);
    return restricted(definition.isCollection ? { kind: "list", element: () => item } : item, whole);
  }

  #single(definition: ItemDefinition): ValueType {
    const { functionType, base, components } = definition;
    if (functionType) {
      const result = once(() => this.resolve(functionType.result));
      return { kind: "function", arity: functionType.parameters.length, result };
    }
    if (components.length > 0) {
      const members = components.map((part): [string, () => ValueType] => [part.name, once(() => this.#define(part))]);
      return { kind: "context", members: new Map(members) };
    }
    if (!base || (base.name === definition.name && base.namespace === undefined)) return builtInOrAny(base);
    return { kind: "restricted", base: once(() => this.resolve(base)) };
  }

  #constraint(tests: string | undefined, line: number): Constraint | undefined {
    return tests === undefined ? undefined : this.surroundings.constraint(tests, line);
  }
}

function restricted(type: ValueType, constraint: Constraint | undefined): ValueType {
  return constraint ? { kind: "restricted", base: () => type, constraint } : type;
}

function builtInOrAny(reference: TypeReference | undefined): ValueType {
  return (reference && builtIn(reference.name, () => ANY)) ?? ANY;
}

function builtIn(name: string, resolve: (inner: string) => ValueType): ValueType | undefined {
  if (/^any$/i.test(name)) return ANY;
  const simple = typeNamed(name);
  if (simple) return { kind: "simple", name: simple };
  const [, outer, inner] = /^(list|range)<(.+)>$/.exec(name) ?? [];
  if (inner === undefined) return undefined;
  return { kind: outer === "range" ? "range" : "list", element: once(() => resolve(inner.trim())) };
}

function once<Value>(compute: () => Value): () => Value {
  let known: { readonly value: Value } | undefined;
  return () => (known ??= { value: compute() }).value;
}
