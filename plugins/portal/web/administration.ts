import type { Placed, Screen } from "#logic/layout.js";
import { organisationApi, storageApi } from "@jinshui/contracts";
import { client, local, t } from "@jinshui/web";
import { html, type TemplateResult } from "lit";

/** A position of the bureau that can be given a default layout. */
export interface Position {
  id: string;
  title: string;
}

/** The bureau's positions, as people call them. */
export async function positions(): Promise<Position[]> {
  const structure = await client(organisationApi).structure({});
  return structure.positions.map(({ id, title }) => ({ id, title: local(title) }));
}

/** Makes a layout what holders of a position begin with on a kind of screen; takes `portal.manage`. */
export async function saveDefault(position: string, screen: Screen, cards: readonly Placed[]): Promise<void> {
  await client(storageApi).upsert({
    collection: "portal.role-default",
    key: { position, screen },
    values: { cards: [...cards] },
  });
}

/** Puts a card above everybody's, or lets it go; takes `portal.manage`. */
export async function pin(card: string, isPinned: boolean): Promise<void> {
  const storage = client(storageApi);
  const collection = "portal.pinned-card";
  if (isPinned) {
    await storage.upsert({ collection, key: { card }, values: {} });
    return;
  }
  const { records } = await storage.find({ collection, filter: { card }, limit: 1, total: "none" });
  for (const { id, version } of records) await storage.remove({ collection, id, version });
}

/** Where an administrator says for which position the layout is the default. */
export function defaultForm(choices: readonly Position[], save: (position: string) => void): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    save(new FormData(event.target as HTMLFormElement).get("position") as string);
  };
  return html`<form class="bar" aria-label=${t("portal.defaultOf")} @submit=${submit}>
    <label for="position">${t("portal.position")}</label>
    <select class="input" id="position" name="position">
      ${choices.map(({ id, title }) => html`<option value=${id}>${title}</option>`)}
    </select>
    <button class="button">${t("portal.saveDefault")}</button>
    <span class="hint">${t("portal.defaultHint")}</span>
  </form>`;
}
