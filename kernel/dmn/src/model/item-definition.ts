/** Names a type: a built-in one, an item definition, or one of an imported model. */
export interface TypeReference {
  /** As in the model, without the prefix of an XML namespace. */
  readonly name: string;
  /** Of the model that defines it, where an XML prefix said so. */
  readonly namespace?: string;
}

/** A type of the model: a simple one with constraints, a structure, a list, or a function. */
export interface ItemDefinition {
  readonly name: string;
  readonly isCollection: boolean;
  /** The type this one restricts. */
  readonly base?: TypeReference;
  /** Unary tests that every value, or every element of a collection, has to pass. */
  readonly allowedValues?: string;
  /** Unary tests that the value as a whole has to pass. */
  readonly typeConstraint?: string;
  readonly components: readonly ItemDefinition[];
  /** Set when values are functions. */
  readonly functionType?: FunctionType;
  readonly line: number;
}

/** Parameters and result of a function type. */
export interface FunctionType {
  readonly parameters: readonly (TypeReference | undefined)[];
  readonly result?: TypeReference;
}
