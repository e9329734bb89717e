import { JinshuiError } from "@jinshui/contracts";
import type { Authority } from "../authority.js";
import type { SignedDocument } from "./document.js";
import { Fonts } from "./fonts.js";
import { renderDocument } from "./render-document.js";
import { signDocument } from "./sign-document.js";

const MOST_WAITING = 20;

/** Prints documents one after the other, so that a crowd leaves the rest of the kernel alone, and signs them for the site. */
export class Press {
  readonly #fonts = new Fonts();
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(readonly authority: Authority) {}

  /** @throws JinshuiError `unavailable` while twenty wait, `timeout` for who waits no longer. */
  async print(document: SignedDocument, signal?: AbortSignal): Promise<Buffer> {
    if (this.#waiting >= MOST_WAITING)
      throw new JinshuiError("unavailable", `${this.#waiting} documents wait to be printed; try again in a minute`, {
        retryAfterMs: 60_000,
      });
    this.#waiting += 1;
    const printed = this.#last.then(() => {
      if (signal?.aborted === true) throw new JinshuiError("timeout", "Nobody waits for the document any more");
      return this.#print(document);
    });
    this.#last = printed.catch(() => undefined);
    return printed.finally(() => (this.#waiting -= 1));
  }

  async #print(document: SignedDocument): Promise<Buffer> {
    const pdf = await renderDocument(document, this.#fonts);
    const [key, chain] = [await this.authority.document(), await this.authority.root()];
    return signDocument(pdf, { key, chain, name: this.authority.title, reason: document.title });
  }
}
