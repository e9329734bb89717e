import { PEOPLE_PERMISSION, SECURITY_PERMISSION } from "@jinshui/contracts";
import { type LiveEvent, pageAddress, PluginPage } from "@jinshui/web";
import { css, type CSSResultGroup } from "lit";
import { Dialog, type DialogSpec, dialogStyles } from "./dialog.js";
import "./people-texts.js";
import "./texts.js";

/** Base of the plugin's pages: with a dialog, read again when the organisation has changed. */
export abstract class OrganisationPage extends PluginPage {
  static override styles: CSSResultGroup = [
    PluginPage.styles,
    dialogStyles,
    css`
      .bar .bar {
        margin: 0;
      }
      .bar label {
        display: inline-flex;
        gap: 6px;
        align-items: center;
      }
      .card > h2 .badge,
      .card > h2 .quiet {
        font-weight: 400;
      }
      .card > h2 .button {
        min-height: 24px;
        font-size: 13px;
        font-weight: 400;
      }
      @media print {
        .button,
        form,
        .screen {
          display: none;
        }
      }
    `,
  ];
  protected readonly dialog = new Dialog(this, () => void this.reload());

  protected override concerns({ name }: LiveEvent): boolean {
    return name === "organisation.changed" || name === "hello";
  }

  protected get mayKeep(): boolean {
    return this.may(PEOPLE_PERMISSION);
  }

  protected get mayGuard(): boolean {
    return this.may(SECURITY_PERMISSION);
  }

  /** Opens a dialog; once it was taken, the page says `done`. */
  protected ask(spec: DialogSpec, done: string): void {
    this.notice = "";
    this.dialog.open({ ...spec, send: (entered, call) => spec.send(entered, call).then(() => (this.notice = done)) });
  }
}

/** Where a person's page is. */
export function personAddress(id: string): string {
  return pageAddress("/p/positions/people", { person: id });
}
