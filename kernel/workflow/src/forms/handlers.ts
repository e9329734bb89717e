import {
  type ActorRef,
  type Context,
  type FormSchema,
  type Handlers,
  JinshuiError,
  type SiteFormStep,
  type SiteFormSummary,
  type WorkflowApi,
} from "@jinshui/contracts";
import type { ProcessModel } from "@jinshui/engine";
import { type Actor, type Database, pageOf, type Row, type Transaction, type Where } from "@jinshui/storage";
import { searchWhere } from "../api/search-where.js";
import type { Definitions } from "../definition/definitions.js";
import { lockForm, processesWith, publishForm } from "./site-forms.js";

/** Versions of a form that its page lists. */
const LISTED = 100;

/** Forms that bureaus make themselves: drafts, versions, and their way into processes. */
export function formHandlers(parts: {
  database: Database;
  definitions: Definitions;
  actorOf: (context: Context) => Promise<Actor>;
  requirePermission: (actor: Actor, permission: string) => void;
  write: <T>(context: Context, who: string, input: unknown, work: (tx: Transaction) => Promise<T>) => Promise<T>;
}): Pick<Handlers<WorkflowApi>, "forms" | "form" | "saveForm" | "publishForm"> {
  const { database, definitions, actorOf, requirePermission, write } = parts;
  const makerOf = async (context: Context): Promise<Actor> => {
    const actor = await actorOf(context);
    requirePermission(actor, "site.processes");
    return actor;
  };

  return {
    async forms(input, context) {
      const { bureau } = await makerOf(context);
      const where: Where = { and: [{ bureau }, ...searchWhere(input.search, ["title", "form"])] };
      const page = await pageOf(database, "wf_form", where, ["title", "form"], input);
      return {
        forms: page.rows.map(summaryOf),
        ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
        total: await database.count("wf_form", where),
      };
    },

    async form({ id, version }, context) {
      const { bureau } = await makerOf(context);
      const draft = await database.findOne("wf_form", { bureau, form: id });
      const shown =
        version === undefined ? draft : await database.findOne("wf_form_version", { bureau, form: id, version });
      if (!draft || !shown)
        throw new JinshuiError("not-found", `There is no form ${id}${version === undefined ? "" : ` ${version}`}`, {
          details: { form: id },
        });
      const versions = await database.find("wf_form_version", {
        where: { bureau, form: id },
        columns: ["version", "published_at", "published_by"],
        orderBy: ["-version"],
        limit: LISTED,
      });
      const processes = await processesWith(database, bureau, id);
      return {
        title: String(shown["title"]),
        form: shown["schema"] as FormSchema,
        revision: Number(draft["revision"]),
        versions: versions.map((row) => ({
          version: Number(row["version"]),
          publishedAt: String(row["published_at"]),
          publishedBy: row["published_by"] as ActorRef,
        })),
        processes: processes.map((row) => ({
          definition: String(row["id"]),
          title: String(row["title"]),
          steps: stepsWith(row["model"] as ProcessModel, id),
        })),
      };
    },

    async saveForm({ id, title, form, revision }, context) {
      const actor = await makerOf(context);
      const { bureau } = actor;
      if (form.id !== id)
        throw new JinshuiError("invalid-request", `The form is called ${form.id}, not ${id}`, {
          details: { form: id },
        });
      return write(context, actor.id, { id, title, form, revision }, async (tx) => {
        const row: Row = { title: title.trim(), schema: form, revision: revision + 1, saved_at: tx.time };
        if (revision > 0) {
          await lockForm(tx, bureau, id, revision);
          await tx.update("wf_form", { bureau, form: id }, row);
        } else if (await tx.findOneForUpdate("wf_form", { bureau, form: id }))
          throw new JinshuiError("conflict", `There is a form ${id} already`, { details: { form: id } });
        else await tx.insert("wf_form", { bureau, form: id, ...row });
        return { revision: revision + 1, savedAt: tx.time };
      });
    },

    async publishForm({ id, revision }, context) {
      const actor = await makerOf(context);
      return write(context, actor.id, { id, revision }, async (tx) =>
        publishForm(tx, definitions, { actor, trace: context.traceId }, await lockForm(tx, actor.bureau, id, revision)),
      );
    },
  };
}

/** Where a process shows a form, in the order of its file. */
function stepsWith({ elements }: ProcessModel, form: string): SiteFormStep[] {
  return Object.values(elements)
    .filter(({ extensions }) => extensions["form"] === form)
    .map(({ id, name, type }) => ({ id, name: name ?? id, isStart: type === "startEvent" }));
}

function summaryOf(row: Row): SiteFormSummary {
  const { version, published_at: publishedAt } = row;
  return {
    id: String(row["form"]),
    title: String(row["title"]),
    ...(typeof version === "number" ? { version, publishedAt: String(publishedAt) } : {}),
    savedAt: String(row["saved_at"]),
    changed: row["published_revision"] !== row["revision"],
  };
}
