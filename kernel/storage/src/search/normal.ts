/**
 * A text as search sees it: full-width forms as their plain ones, small letters. Letter by letter, so that a part of a text
 * becomes a part of its normal form: Greek has a small letter of its own for the end of a word.
 */
export function normal(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text.toLowerCase();
  return [...text.toWellFormed().replaceAll("\0", " ").normalize("NFKC")]
    .map((character) => character.toLowerCase())
    .join("");
}

/** What stands between the parts of a number such as WH-2005-0001 and makes no difference: WH2005 finds it too. */
const JOINERS = /[-_./]/g;
const LATIN = /[a-z0-9]/;

/** Parts of a text without white space and joiners: either ASCII letters and digits, or anything else. */
export interface Run {
  text: string;
  latin: boolean;
}

/** The runs of a text in {@link normal} form. */
export function runsOf(text: string): Run[] {
  return [...text.replace(JOINERS, "").matchAll(/[a-z0-9]+|[^a-z0-9\s]+/gu)].map(([run]) => ({
    text: run,
    latin: LATIN.test(run),
  }));
}
