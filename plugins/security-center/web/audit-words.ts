import type { AuditApi, OpOutput } from "@jinshui/contracts";
import { hasText, language, local, t } from "@jinshui/web";
import { auditTexts } from "./audit-texts.js";

/** Titles of collections and their fields, as they come with entries. */
export type Collections = OpOutput<AuditApi, "list">["collections"];

const ACTION = "security-center.action.";

/** An action in words where it has some; plugins bring others. */
export function actionText(action: string): string {
  return hasText(ACTION + action) ? t(ACTION + action) : action;
}

/** All actions that have words, in the order in which people look for them; of equal words the first code. */
export function actionChoices(): { value: string; label: string }[] {
  const codes = Object.keys(auditTexts["zh-CN"]).filter((key) => key.startsWith(ACTION));
  const labels = codes.map((key) => t(key));
  return codes
    .map((key, index) => {
      const value = key.slice(ACTION.length);
      const label = labels[index] ?? value;
      // the operation of what was refused, beside the action of what was done
      return { value, label: labels.indexOf(label) === index ? label : t("security-center.refusedAction", { label }) };
    })
    .sort((one, other) => one.label.localeCompare(other.label, language()));
}

/** The person that a resource is, if it is one. */
export function personOf(resource: string): string[] {
  const [, id = ""] = /^person\/([0-9A-Za-z-]{20,})$/.exec(resource) ?? [];
  return id === "" ? [] : [id];
}

/** A resource in words: what kind it is and which. */
export function resourceText(resource: string, collections: Collections, names: ReadonlyMap<string, string>): string {
  const [kind = "", ...rest] = resource.split("/");
  const which = rest.join("/");
  const key = `security-center.kind.${kind}`;
  const title = collections[kind] ? local(collections[kind].title) : hasText(key) ? t(key) : kind;
  return [title, names.get(which) ?? which].filter((part) => part !== "").join(" ");
}

/** A part of what stands before and after in words: a field of the collection, or what the kernel calls so. */
export function partText(name: string, resource: string, collections: Collections): string {
  const title = collections[resource.split("/")[0] ?? ""]?.fields[name];
  if (title) return local(title);
  const key = `security-center.part.${name}`;
  return hasText(key) ? t(key) : name;
}
