import type { Authority } from "../authority.js";
import type { SignedDocument } from "./document.js";
import { Fonts } from "./fonts.js";
import { renderDocument } from "./render-document.js";
import { signDocument } from "./sign-document.js";

/** Prints documents one after the other, so that a crowd leaves the rest of the kernel alone, and signs them for the site. */
export class Press {
  readonly #fonts = new Fonts();
  #last: Promise<unknown> = Promise.resolve();

  constructor(readonly authority: Authority) {}

  print(document: SignedDocument): Promise<Buffer> {
    const printed = this.#last.then(() => this.#print(document));
    this.#last = printed.catch(() => undefined);
    return printed;
  }

  async #print(document: SignedDocument): Promise<Buffer> {
    const pdf = await renderDocument(document, this.#fonts);
    const [key, chain] = [await this.authority.document(), await this.authority.root()];
    return signDocument(pdf, { key, chain, name: this.authority.title, reason: document.title });
  }
}
