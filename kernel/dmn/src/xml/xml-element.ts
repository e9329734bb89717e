/** An element of an XML document, with what is needed to read it and to say where it stands. */
export interface XmlElement {
  /** Local name when the element is of DMN, else prefix and local name. */
  readonly name: string;
  /** By name as written; the decoded values. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** All text directly inside the element, untrimmed. */
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
  /** Namespace addresses by prefix that hold here. */
  readonly namespaces: Readonly<Record<string, string>>;
}

/** The first child of that name. */
export function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((candidate) => candidate.name === name);
}

/** Every child of that name, in order. */
export function children(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((candidate) => candidate.name === name);
}

/** The trimmed text of the first child of that name; undefined without one. */
export function childText(element: XmlElement, name: string): string | undefined {
  return child(element, name)?.text.trim();
}
