import { Parser } from "saxen";

/** A tag that is opened and not closed before its parent is, or before the file ends. */
export interface UnclosedTag {
  tag: string;
  /** Line where it opens, 1-based. */
  line: number;
}

/** What the parser says when tags do not fit; other faults are told by their own line. */
const MISFIT = /^(unexpected end of file|closing tag mismatch)/;

/** The innermost tag that stands open where a file stops being XML, when that is its fault. */
export function unclosedTag(xml: string): UnclosedTag | undefined {
  const open: { tag: string; number: number }[] = [];
  let number = 0;
  const fault = walk(xml, {
    onOpen: (tag) => open.push({ tag, number: number++ }),
    onClose: () => open.pop(),
  });
  const last = open.at(-1);
  if (!last || fault === undefined || !MISFIT.test(fault)) return undefined;
  // lines are counted on demand, from the beginning: for the one tag that matters
  let line = 0;
  let seen = 0;
  walk(xml, {
    onOpen: (_tag, lineOf) => {
      if (seen === last.number) line = lineOf();
      seen += 1;
    },
    onClose: () => undefined,
  });
  return { tag: last.tag, line };
}

interface Visitor {
  onOpen: (tag: string, line: () => number) => void;
  onClose: () => void;
}

/** Visits tags up to the first fault of the XML; gives it. */
function walk(xml: string, { onOpen, onClose }: Visitor): string | undefined {
  try {
    new Parser()
      .on("error", (error) => {
        throw error;
      })
      .on("openTag", (tag, _attributes, _decode, _selfClosing, context) => {
        onOpen(tag, () => context().line + 1);
      })
      .on("closeTag", onClose)
      .parse(xml);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
