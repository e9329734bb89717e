import {
  FeelContext,
  FeelDate,
  FeelDateTime,
  FeelFunction,
  FeelRange,
  isList,
  typeOf,
  type FeelOptions,
  type FeelType,
  type FeelValue,
} from "@jinshui/feel";

/** Whether a value passes the unary tests of a type. */
export type Constraint = (value: FeelValue, options: FeelOptions) => boolean;

interface Constrained {
  readonly constraint?: Constraint;
}

/** A type as values are checked against it. Members are looked up late: types may contain themselves. */
export type ValueType = Constrained &
  (
    | { readonly kind: "any" }
    | { readonly kind: "simple"; readonly name: FeelType }
    | { readonly kind: "list"; readonly element: () => ValueType }
    | { readonly kind: "context"; readonly members: ReadonlyMap<string, () => ValueType> }
    | { readonly kind: "range"; readonly element: () => ValueType }
    | { readonly kind: "function"; readonly arity: number; readonly result: () => ValueType }
    | { readonly kind: "restricted"; readonly base: () => ValueType }
  );

/** The type that every value has. */
export const ANY: ValueType = { kind: "any" };

/** Whether a value is of that type; null is of every type (DMN 1.5, 10.3.2.9.2). */
function conforms(value: FeelValue, type: ValueType, options: FeelOptions): boolean {
  if (value === null) return true;
  return hasShape(value, type, options) && (type.constraint === undefined || type.constraint(value, options));
}

function hasShape(value: FeelValue, type: ValueType, options: FeelOptions): boolean {
  switch (type.kind) {
    case "any":
      return true;
    case "simple":
      return typeOf(value) === type.name;
    case "restricted":
      return conforms(value, type.base(), options);
    case "list":
      return isList(value) && value.every((item) => conforms(item, type.element(), options));
    case "context":
      return (
        value instanceof FeelContext &&
        [...type.members].every(([name, member]) => {
          const found = value.find(name);
          return found !== undefined && conforms(found, member(), options);
        })
      );
    case "range":
      return (
        value instanceof FeelRange &&
        [value.start, value.end].every((end) => end === undefined || conforms(end, type.element(), options))
      );
    case "function":
      return value instanceof FeelFunction && value.parameters.length === type.arity;
  }
}

/** What lies under the restrictions. */
export function shapeOf(type: ValueType): ValueType {
  return type.kind === "restricted" ? shapeOf(type.base()) : type;
}

/**
 * The value as one of that type: as it is, taken out of a list of one, put into a list, or a date at midnight
 * (DMN 1.5, 10.3.2.9.4). Undefined when it is of another type.
 */
export function coerce(value: FeelValue, type: ValueType, options: FeelOptions): FeelValue | undefined {
  if (conforms(value, type, options)) return value;
  const candidates = conversions(value, shapeOf(type));
  return candidates.find((candidate) => conforms(candidate, type, options));
}

function conversions(value: FeelValue, shape: ValueType): FeelValue[] {
  if (shape.kind === "list") return isList(value) ? [] : [[value]];
  if (isList(value)) return value.length === 1 ? [value[0] ?? null] : [];
  const isDateTime = shape.kind === "simple" && shape.name === "date and time";
  return isDateTime && value instanceof FeelDate ? [FeelDateTime.ofDate(value)] : [];
}
