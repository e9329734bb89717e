import { freeId, idsOf, type Item, type Step, type StepList } from "@jinshui/plugin-process-designer/steps";
import { t } from "@jinshui/web";

/** What can be added to a list, in the order of its buttons. */
export const ADDABLE = ["approval", "work", "notice", "fork", "parallel", "jump", "end"] as const;
export type Addable = (typeof ADDABLE)[number];

/** Words of a new item. */
const words = (key: string): string => t(`process-designer.new.${key}`);

/** The items that a button adds; an approval comes with what happens when it says no. */
export function newItems(what: Addable, list: StepList): Item[] {
  const taken = idsOf(list);
  const id = (wanted: string): string => freeId(wanted, taken);
  const { form } = list.start.attributes;
  const step = (name: string, attributes: Record<string, string>): Step => ({
    kind: "step",
    id: id("step"),
    name,
    type: "userTask",
    attributes: { ...(form === undefined ? {} : { form }), ...attributes },
  });
  switch (what) {
    case "approval":
      return approval(step(words("approval"), { actions: "approve,reject" }), id);
    case "work":
      return [step(words("work"), { actions: "complete" })];
    case "notice":
      return [step(words("notice"), { assign: "applicant", actions: "confirm" })];
    case "fork":
      return [
        {
          kind: "fork",
          id: id("choice"),
          name: "",
          mode: "exclusive",
          branches: [
            { id: id("way"), name: "", items: [] },
            { id: id("way"), name: words("otherwise"), otherwise: true, items: [] },
          ],
        },
      ];
    case "parallel":
      return [
        {
          kind: "fork",
          id: id("fork"),
          name: "",
          mode: "parallel",
          branches: ["work", "work"].map((each) => ({
            id: id("way"),
            name: "",
            items: [step(words(each), { actions: "complete" })],
          })),
        },
        { kind: "join", id: id("join"), name: "", mode: "parallel" },
      ];
    case "jump":
      return [{ kind: "jump", id: id("jump"), to: list.items[0]?.id ?? list.start.id }];
    case "end":
      return [{ kind: "end", id: id("end"), name: words("end") }];
  }
}

function approval(step: Step, id: (wanted: string) => string): Item[] {
  return [
    step,
    {
      kind: "fork",
      id: id("decision"),
      name: words("decision"),
      mode: "exclusive",
      branches: [
        { id: id("way"), name: words("agreed"), otherwise: true, items: [] },
        {
          id: id("way"),
          name: words("refused"),
          condition: `steps.${step.id}.action = "reject"`,
          items: [{ kind: "end", id: id("end"), name: words("refusedEnd") }],
        },
      ],
    },
  ];
}

/** A new process: an approval, and its end. */
export function newList(id: string, name: string): StepList {
  const empty: StepList = {
    id,
    name,
    documentation: "",
    attributes: { startPositions: "clerk" },
    start: { id: "start", name: words("start"), attributes: {} },
    items: [{ kind: "end", id: "archived", name: words("end") }],
  };
  return { ...empty, items: [...newItems("approval", empty), ...empty.items] };
}
