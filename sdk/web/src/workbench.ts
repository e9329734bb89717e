import type { Profile } from "@jinshui/contracts";
import type { TemplateResult } from "lit";

/** A card that can stand on the workbench: one of the shell's own, or of any plugin. */
export interface WorkbenchCard {
  /** `<plugin>.<widget>`, or `shell.<name>`. */
  key: string;
  title: string;
  /** Who brings it, as people call it. */
  source: string;
  /** A third, two thirds, or the whole of a wide page. */
  size: "small" | "medium" | "large";
  /** How many table rows it is high until a person says otherwise. */
  rows: number;
  /** Says itself what it is: its title is shown only where it is moved. */
  untitled?: boolean;
  /** Where all of the card is shown. */
  link?: { href: string; text: string };
  /** Its content, without frame and heading. */
  draw: () => TemplateResult;
}

/**
 * What an element that draws the workbench (a view with `answers: "workbench"`) is given by the shell, which has heading and start
 * button itself. It fires `edited` when a person has ended arranging.
 */
export interface Workbench {
  cards: readonly WorkbenchCard[];
  profile: Profile | undefined;
  /** Whether the person arranges the cards now. */
  editing: boolean;
}
