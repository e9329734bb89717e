import { allItems, type StepList } from "@jinshui/plugin-process-designer/steps";
import { listed } from "./words.js";

/** Steps where somebody may refuse or withdraw, and no condition asks: the matter would go on as if they had agreed. */
export function unansweredRefusals(list: StepList): string[] {
  const items = allItems(list.items);
  const conditions = items.flatMap((item) =>
    item.kind === "fork" ? item.branches.map(({ condition = "" }) => condition) : [],
  );
  return items.flatMap((item) => {
    if (item.kind !== "step") return [];
    const refusing = listed(item.attributes["actions"]).some((action) => action === "reject" || action === "withdraw");
    const asked = conditions.some((condition) => condition.includes(`steps.${item.id}.`));
    return refusing && !asked ? [item.id] : [];
  });
}
