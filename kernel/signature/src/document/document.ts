/** A document to be read by people and checked by their readers: headings, facts in two columns, and entries with text. */
export interface SignedDocument {
  title: string;
  facts: Fact[];
  sections: { heading: string; entries: Entry[] }[];
  /** At the foot of every page, before its number. */
  foot: string;
}

/** Something short with its name. */
export interface Fact {
  label: string;
  text: string;
}

/** A line in a heavier hand with what belongs to it below. */
export interface Entry {
  head: string;
  text?: string;
  facts?: Fact[];
}
