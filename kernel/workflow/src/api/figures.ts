import type { Organisation } from "@jinshui/auth";
import {
  type Api,
  type Context,
  type CountedMatter,
  type CountedStep,
  type figureOps,
  type Handlers,
  JinshuiError,
  type LocalText,
  type StepDimension,
} from "@jinshui/contracts";
import {
  type Actor,
  type Database,
  DEFAULT_LIMIT,
  type FileStore,
  pageOf,
  type Row,
  type Transaction,
} from "@jinshui/storage";
import type { Definitions } from "../definition/definitions.js";
import { figuresOf, type GroupFigures, type Kind, MATTERS, STEPS } from "../figures/compute.js";
import type { FigureRows } from "../figures/figure-rows.js";
import { FigureTitles } from "../figures/figure-titles.js";
import { monthsOf, periodOf } from "../figures/measures.js";
import { eventLog } from "../figures/xes.js";
import { refOf } from "../runtime/instance.js";
import { FIGURES, scopeOf } from "./figure-scope.js";

/** Columns of the dimensions that are named otherwise. */
const COLUMNS: Partial<Record<StepDimension, string>> = { step: "place" };
/** Months that one question tells apart. */
const MAX_MONTHS = 36;

type Dimension = { by?: StepDimension };
type Asked = { from: string; to: string; bureau?: string; below?: boolean; limit?: number; cursor?: string };

/** Figures, what they count, and the log they come from. */
export function figureHandlers(parts: {
  database: Database;
  definitions: Definitions;
  rows: FigureRows;
  files: FileStore;
  organisation: Organisation;
  actorOf: (context: Context) => Promise<Actor>;
  requirePermission: (actor: Actor, permission: string) => void;
  write: <T>(context: Context, who: string, input: unknown, work: (tx: Transaction) => Promise<T>) => Promise<T>;
}): Handlers<Api<typeof figureOps>> {
  const { database, definitions, rows, files, organisation, actorOf, requirePermission, write } = parts;
  const titles = new FigureTitles(database, organisation);

  const figures = async <M extends string>(
    kind: Kind<M>,
    input: Asked & Dimension,
    context: Context,
  ): Promise<{
    figures: (Omit<GroupFigures<M>, "key"> & { key?: string; title?: LocalText })[];
    asOf: string;
    nextCursor?: string;
    total: number;
  }> => {
    const actor = await actorOf(context);
    const { from, to, by } = requireOrder(input);
    const scope = scopeOf(
      actor,
      organisation.bureausBelow(actor.bureau),
      input,
      kind.key === "id" ? "steps" : "matters",
    );
    await rows.catchUp();
    const now = (await database.now()).toISOString();
    if (by === undefined) {
      const [all] = await figuresOf(database, kind, scope, periodOf(from, to, now));
      return { figures: all ? [{ counts: all.counts, ...durations(all) }] : [], asOf: now, total: 1 };
    }
    const groups =
      by === "month"
        ? await byMonth(kind, scope, monthsOf(from, to, MAX_MONTHS), now)
        : await figuresOf(database, kind, scope, periodOf(from, to, now), COLUMNS[by] ?? by);
    const { page, nextCursor } = pageOfGroups(groups, input);
    const named = await titles.of(
      by,
      page.map(({ key }) => key),
      input.bureau ?? actor.bureau,
    );
    return {
      figures: page.map((group) => {
        const title = named.get(group.key);
        return { key: group.key, ...(title ? { title } : {}), counts: group.counts, ...durations(group) };
      }),
      asOf: now,
      ...(nextCursor === undefined ? {} : { nextCursor }),
      total: groups.length,
    };
  };

  const byMonth = async <M extends string>(
    kind: Kind<M>,
    scope: ReturnType<typeof scopeOf>,
    months: readonly string[],
    now: string,
  ): Promise<GroupFigures<M>[]> => {
    const found: GroupFigures<M>[] = [];
    for (const month of months) {
      const [all] = await figuresOf(database, kind, scope, periodOf(month, month, now));
      if (all) found.push({ ...all, key: month });
    }
    return found;
  };

  /** The rows behind a figure, with what may be told of each. */
  const counted = async <M extends string>(
    kind: Kind<M>,
    input: Asked & { measure: M },
    context: Context,
  ): Promise<{ actor: Actor; rows: Row[]; about: Map<string, Row>; nextCursor?: string; total: number }> => {
    const actor = await actorOf(context);
    const { from, to, measure } = requireOrder(input);
    const scope = scopeOf(
      actor,
      organisation.bureausBelow(actor.bureau),
      input,
      kind.key === "id" ? "steps" : "matters",
    );
    await rows.catchUp();
    const now = (await database.now()).toISOString();
    const where = { and: [scope, kind.where(measure, periodOf(from, to, now))] };
    const page = await pageOf(database, kind.table, where, ["arrived_at", kind.key], input);
    const ids = [...new Set(page.rows.map((row) => String(row["instance"])))];
    const instances = await database.find("wf_instance", {
      where: { id: { in: ids } },
      columns: ["id", "bureau", "title", "applicant_id"],
    });
    const had = await database.find("wf_candidate", {
      where: { person: actor.id, instance: { in: ids } },
      columns: ["instance"],
    });
    const readable = new Set(had.map(({ instance }) => instance));
    const mayOpen = ({ id, bureau, applicant_id: applicant }: Row): boolean =>
      bureau === actor.bureau &&
      (actor.permissions.has("site.instances") || applicant === actor.id || readable.has(id));
    return {
      ...page,
      actor,
      about: new Map(instances.filter(mayOpen).map((row) => [String(row["id"]), row])),
      total: await database.count(kind.table, where),
    };
  };

  const described = async (
    dimension: "person" | "matter",
    found: readonly Row[],
    bureau: string,
  ): Promise<ReadonlyMap<string, LocalText>> =>
    titles.of(dimension, [...new Set(found.map((row) => String(row[dimension] ?? "")))], bureau);

  return {
    stepFigures: (input, context) => figures(STEPS, input, context),
    matterFigures: (input, context) => figures(MATTERS, input, context),

    async countedSteps(input, context) {
      const { actor, rows: found, about, nextCursor, total } = await counted(STEPS, input, context);
      const people = await described("person", found, actor.bureau);
      const matters = await described("matter", found, actor.bureau);
      const steps = found.map((row): CountedStep => {
        const person = people.get(String(row["person"]))?.["zh-CN"];
        return {
          ...common(row, matters, about),
          task: String(row["id"]),
          step: String(row["step"]),
          ...(row["position"] === undefined ? {} : { position: organisation.positionTitle(String(row["position"])) }),
          ...(person === undefined ? {} : { person }),
          arrivedAt: String(row["arrived_at"]),
          ...(row["action"] === undefined ? {} : { action: String(row["action"]) }),
        };
      });
      return { steps, ...(nextCursor === undefined ? {} : { nextCursor }), total };
    },

    async countedMatters(input, context) {
      const { actor, rows: found, about, nextCursor, total } = await counted(MATTERS, input, context);
      const people = await described("person", found, actor.bureau);
      const matters = await described("matter", found, actor.bureau);
      const list = found.map((row): CountedMatter => ({
        ...common(row, matters, about),
        applicant: people.get(String(row["person"]))?.["zh-CN"] ?? "",
        startedAt: String(row["arrived_at"]),
      }));
      return { matters: list, ...(nextCursor === undefined ? {} : { nextCursor }), total };
    },

    async rebuildFigures(input, context) {
      const actor = await actorOf(context);
      requirePermission(actor, FIGURES);
      const made = await rows.rebuild(actor.bureau);
      return write(context, actor.id, input, (tx) => {
        tx.audit({
          bureau: actor.bureau,
          actor: refOf(actor),
          action: "rebuild-figures",
          resource: `figures/${actor.bureau}`,
          after: made,
          trace: context.traceId,
        });
        return Promise.resolve(made);
      });
    },

    async exportMatterLog(input, context) {
      const actor = await actorOf(context);
      requirePermission(actor, FIGURES);
      const { from, to, matter } = requireOrder(input);
      const now = (await database.now()).toISOString();
      const content = eventLog(database, definitions, {
        bureau: actor.bureau,
        ...(matter === undefined ? {} : { matter }),
        period: periodOf(from, to, now),
        named: actor.permissions.has("site.instances"),
      });
      const about = { name: `${actor.bureau}-${from}-${to}.xes.xml`, mediaType: "application/xml" };
      const file = await files.put(content, { ...about, bureau: actor.bureau, actor: actor.id });
      return write(context, actor.id, input, (tx) => {
        tx.audit({
          bureau: actor.bureau,
          actor: refOf(actor),
          action: "export-matter-log",
          resource: `figures/${actor.bureau}`,
          after: { from, to, file: file.file, sha256: file.sha256 },
          trace: context.traceId,
        });
        return Promise.resolve(file);
      });
    },
  };
}

/** @throws JinshuiError `invalid-request` for a period that ends before it begins. */
function requireOrder<T extends { from: string; to: string }>(input: T): T {
  if (input.from <= input.to) return input;
  throw new JinshuiError("invalid-request", `The period ends (${input.to}) before it begins (${input.from})`, {
    details: { field: "to" },
  });
}

function durations<M extends string>({ durations: found }: GroupFigures<M>): Pick<GroupFigures<M>, "durations"> {
  return found ? { durations: found } : {};
}

function pageOfGroups<T extends { key: string }>(
  groups: readonly T[],
  { limit = DEFAULT_LIMIT, cursor }: { limit?: number; cursor?: string },
): { page: T[]; nextCursor?: string } {
  const after = cursor === undefined ? undefined : Buffer.from(cursor, "base64url").toString("utf8").slice(1);
  const rest = groups.filter(({ key }) => after === undefined || key > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  if (rest.length <= limit || !last) return { page };
  return { page, nextCursor: Buffer.from(`>${last.key}`).toString("base64url") };
}

function common(
  row: Row,
  matters: ReadonlyMap<string, LocalText>,
  about: ReadonlyMap<string, Row>,
): Omit<CountedMatter, "applicant" | "startedAt"> {
  const [instance, matter] = [String(row["instance"]), String(row["matter"])];
  const title = about.get(instance)?.["title"];
  return {
    instance,
    bureau: String(row["bureau"]),
    number: String(row["number"]),
    matter,
    matterTitle: matters.get(matter) ?? { "zh-CN": matter },
    ...(title === undefined ? {} : { title: String(title) }),
    ...(row["due_at"] === undefined ? {} : { dueAt: String(row["due_at"]) }),
    ...(row["ended_at"] === undefined ? {} : { endedAt: String(row["ended_at"]) }),
    ...(row["minutes"] === undefined ? {} : { minutes: Number(row["minutes"]) }),
  };
}
