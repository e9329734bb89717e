import { setForm, type StepList } from "@jinshui/plugin-process-designer/steps";
import { t } from "@jinshui/web";
import { html, type TemplateResult } from "lit";
import type { Catalogue } from "./catalogue.js";
import { choiceField, severalField, textField } from "./fields.js";
import { formField, positionChoices, severalTexts, withAttributes } from "./step-properties.js";
import { listed } from "./words.js";

const text = (key: string): string => t(`process-designer.${key}`);

/** Name of a process, who starts it with which form, its time limit, how long its archive is kept. */
export function processProperties(
  list: StepList,
  catalogue: Catalogue,
  change: (list: StepList) => void,
): TemplateResult {
  const { attributes, start } = list;
  const set = (given: Record<string, string>): void =>
    change({ ...list, attributes: withAttributes(attributes, given) });
  const retention = ["10", "30", "permanent"].map((value) => ({ value, label: text(`retention.${value}`) }));
  return html`${textField(text("processName"), list.name, (name) => name !== "" && change({ ...list, name }))}
  ${textField(text("documentation"), list.documentation, (documentation) => change({ ...list, documentation }))}
  ${formField(start.attributes["form"] ?? "", catalogue, (form) => change(setForm(list, form)))}
  ${severalField(text("startPositions"), listed(attributes["startPositions"]), positionChoices(catalogue), { add: text("addOne"), remove: severalTexts.remove }, (values) => set({ startPositions: values.join(",") }))}
  ${textField(text("limitDays"), attributes["limitDays"] ?? "", (limitDays) => set({ limitDays }), { wide: false, type: "number", min: "1" })}
  ${choiceField(text("retention"), attributes["retention"] ?? "", [{ value: "", label: text("retention.default") }, ...retention], (value) => set({ retention: value }))}`;
}
