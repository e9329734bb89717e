import type { LocalText } from "@jinshui/contracts";
import type { Auth, Workflow } from "@jinshui/plugin";
import { INDICATORS, MISSING } from "./indicator.js";

const PAGE = 200;
/** How many of those that are missing are named. */
const NAMED = 100;

/** One of the five aims (五个“所有”) as a number: two counts, what is missing, or why it can't be told. */
export interface Aim {
  id: "work" | "data" | "sharing" | "people" | "assessment";
  numerator?: number;
  denominator?: number;
  /** Names of what is in the denominator only. */
  missing: string[];
  needs?: LocalText;
}

/** All pages of a list. */
async function everything<T>(
  read: (cursor: string | undefined) => Promise<{ items: T[]; nextCursor?: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined && all.length < 20_000);
  return all;
}

/** The five aims, as far as the site itself can tell them; `period`: the month of the work that is looked at. */
export async function fiveAims(workflow: Workflow, auth: Auth, period: string): Promise<Aim[]> {
  const month = { from: period, to: period };
  const processes = await everything(async (cursor) => {
    const { definitions, nextCursor } = await workflow.definitions({
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    return { items: definitions, nextCursor };
  });
  const year = `${Number(period.slice(0, 4)) - 1}${period.slice(4)}`;
  const used = await everything(async (cursor) => {
    const { figures, nextCursor } = await workflow.matterFigures({
      ...{ from: year, to: period, by: "matter" as const, limit: PAGE },
      ...(cursor === undefined ? {} : { cursor }),
    });
    return { items: figures, nextCursor };
  });
  const run = new Set(used.filter(({ counts }) => (counts["arrived"] ?? 0) > 0).map(({ key }) => key));
  const staff = await everything(async (cursor) => {
    const { people, nextCursor } = await auth.people({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    return { items: people, nextCursor };
  });
  const active = new Set<string>();
  const note = ({ key = "", counts }: { key?: string; counts: Readonly<Record<string, number>> }): void => {
    if ((counts["done"] ?? 0) + (counts["arrived"] ?? 0) > 0) active.add(key);
  };
  const steps = await everything(async (cursor) => {
    const page = await workflow.stepFigures({
      ...month,
      by: "person",
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    return { items: page.figures, nextCursor: page.nextCursor };
  });
  const begun = await everything(async (cursor) => {
    const page = await workflow.matterFigures({
      ...month,
      by: "person",
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    return { items: page.figures, nextCursor: page.nextCursor };
  });
  for (const figures of [...steps, ...begun]) note(figures);
  const idle = staff.filter(({ id }) => !active.has(id));
  const resting = processes.filter(({ key }) => !run.has(key));
  const all = INDICATORS.length + MISSING.length;
  return [
    aim(
      "work",
      processes.length,
      resting.map(({ title }) => title["zh-CN"]),
    ),
    {
      id: "data",
      missing: [],
      needs: { "zh-CN": "应采集数据项的登记册", en: "a register of the data that must be collected" },
    },
    {
      id: "sharing",
      missing: [],
      needs: { "zh-CN": "数据项归属与使用方的登记册", en: "a register of who owns and who uses which data" },
    },
    aim(
      "people",
      staff.length,
      idle.map(({ name }) => name),
    ),
    {
      ...aim(
        "assessment",
        all,
        MISSING.map(({ title }) => title["zh-CN"]),
      ),
    },
  ];
}

function aim(id: Aim["id"], denominator: number, missing: readonly string[]): Aim {
  return { id, numerator: denominator - missing.length, denominator, missing: missing.slice(0, NAMED) };
}
