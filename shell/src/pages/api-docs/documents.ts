/** A JSON Schema as far as the page shows it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  patternProperties?: Record<string, Schema>;
  format?: string;
  description?: string;
}

type Content = Record<string, { schema: Schema }>;
interface Answer {
  $ref?: string;
  description?: string;
  content?: Content;
}

export interface Parameter {
  $ref?: string;
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  description?: string;
  schema?: Schema;
  content?: Content;
}

export interface HttpOperation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { content: Content };
  responses: Record<string, Answer>;
  "x-jinshui"?: { recent?: boolean };
}

interface Components {
  schemas: Record<string, Schema>;
  parameters?: Record<string, Parameter>;
  responses?: Record<string, Answer>;
  messages?: Record<string, Message>;
}

/** The parts of an OpenAPI document that the page shows. */
export interface HttpDocument {
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, HttpOperation>>;
  components: Components;
}

export interface Message {
  $ref?: string;
  payload?: Schema;
}

/** The parts of an AsyncAPI document that the page shows. */
export interface BusDocument {
  channels: Record<string, { address: string | null; messages: Record<string, Message> }>;
  operations: Record<string, { action: "send" | "receive"; summary: string; description?: string }>;
  components: Components;
}

/** What a reference leads to; of other things these themselves. */
export function resolved<T extends { $ref?: string }>(document: { components: Components }, value: T): T {
  if (value.$ref === undefined) return value;
  const [, , kind = "", name = ""] = value.$ref.split("/");
  const found = (document.components as unknown as Record<string, Record<string, T>>)[kind]?.[name];
  return found ?? value;
}

/** The first schema of a content. */
export function schemaOf(content: Content | undefined): Schema | undefined {
  return Object.values(content ?? {})[0]?.schema;
}
