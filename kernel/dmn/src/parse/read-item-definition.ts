import type { FunctionType, ItemDefinition } from "../model/item-definition.js";
import { child, children, childText, type XmlElement } from "../xml/xml-element.js";
import { optional, readType, type Reader, typeNamed } from "./reader.js";

/** Reads `<itemDefinition>` or `<itemComponent>`. */
export function readItemDefinition(element: XmlElement, reader: Reader): ItemDefinition {
  const name = element.attributes["name"]?.trim() ?? "";
  if (name === "") reader.problem("error", `<${element.name}> has no name`, element);
  return {
    name,
    isCollection: element.attributes["isCollection"] === "true",
    ...optional("base", readType(element, reader)),
    ...optional("allowedValues", constraint(element, "allowedValues")),
    ...optional("typeConstraint", constraint(element, "typeConstraint")),
    components: children(element, "itemComponent").map((component) => readItemDefinition(component, reader)),
    ...optional("functionType", readFunctionType(element, reader)),
    line: element.line,
  };
}

function constraint(element: XmlElement, name: string): string | undefined {
  const holder = child(element, name);
  const text = holder && childText(holder, "text");
  return text === "" ? undefined : text;
}

function readFunctionType(element: XmlElement, reader: Reader): FunctionType | undefined {
  const item = child(element, "functionItem");
  if (!item) return undefined;
  const result = item.attributes["outputTypeRef"];
  return {
    parameters: children(item, "parameters").map((parameter) => readType(parameter, reader)),
    ...optional("result", result === undefined ? undefined : typeNamed(result, item, reader)),
  };
}
