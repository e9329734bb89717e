import type { LiteralExpression } from "../model/expression.js";
import { child, childText, type XmlElement } from "../xml/xml-element.js";
import { common, isFeel, type Reader } from "./reader.js";

/** Reads an element whose text is FEEL: a literal expression, an input expression, an output entry. */
export function readLiteral(element: XmlElement, reader: Reader): LiteralExpression {
  const language = element.attributes["expressionLanguage"];
  if (child(element, "importedValues")) {
    reader.problem("warning", "imported values are not read: the expression is null", element);
  }
  const foreign = language !== undefined && language !== "" && !isFeel(language);
  if (foreign) reader.problem("warning", `expressions in ${language} are not evaluated: it is null`, element);
  return {
    kind: "literal",
    text: childText(element, "text") ?? "",
    ...(foreign ? { foreignLanguage: language } : {}),
    ...common(element, reader),
  };
}
