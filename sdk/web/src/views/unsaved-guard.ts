import type { ReactiveController, ReactiveControllerHost } from "lit";
import { t } from "../texts/text.js";

/**
 * Asks before what somebody has entered is lost: at a link out of the element, a reload, and the closing of the window. Links
 * within the element are its own business.
 */
export class UnsavedGuard implements ReactiveController {
  constructor(
    readonly host: ReactiveControllerHost & EventTarget,
    readonly isDirty: () => boolean,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener("beforeunload", this.#leaving);
    window.addEventListener("click", this.#clicked, true);
  }

  hostDisconnected(): void {
    window.removeEventListener("beforeunload", this.#leaving);
    window.removeEventListener("click", this.#clicked, true);
  }

  readonly #leaving = (event: Event): void => {
    if (this.isDirty()) event.preventDefault();
  };

  readonly #clicked = (event: MouseEvent): void => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const path = event.composedPath();
    const link = path.find((target) => target instanceof HTMLAnchorElement && target.href !== "");
    if (!(link instanceof HTMLAnchorElement) || link.target === "_blank" || path.includes(this.host)) return;
    if (!this.isDirty() || confirm(t("record.discard"))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
}
