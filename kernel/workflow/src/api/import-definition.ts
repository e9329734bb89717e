import { type Context, type Handlers, JinshuiError, type WorkflowApi } from "@jinshui/contracts";
import type { Actor, Transaction } from "@jinshui/storage";
import type { Definitions } from "../definition/definitions.js";
import type { Matters } from "./matters.js";

/** Import of processes into a bureau, with the forms of its own that they name. */
export function importHandlers(parts: {
  matters: Matters;
  definitions: Definitions;
  actorOf: (context: Context) => Promise<Actor>;
  requirePermission: (actor: Actor, permission: string) => void;
  write: <T>(context: Context, who: string, input: unknown, work: (tx: Transaction) => Promise<T>) => Promise<T>;
}): Pick<Handlers<WorkflowApi>, "importDefinition"> {
  const { matters, definitions, actorOf, requirePermission, write } = parts;

  return {
    async importDefinition({ xml, fileName, commit, draft = false }, context) {
      const actor = await actorOf(context);
      requirePermission(actor, "site.processes");
      const forms = await matters.formsNamed(actor.bureau, xml);
      const { processes, problems } = await definitions.check(xml, forms, []);
      const report = await Promise.all(
        processes.map(async ({ model, title, problems: own }) => ({
          key: model.id,
          title,
          elements: Object.keys(model.elements).length,
          problems: own,
          replaces: await definitions.newest(actor.bureau, model.id),
          definition: undefined as string | undefined,
        })),
      );
      const refused = [...problems, ...report.flatMap((process) => process.problems)].some(
        ({ severity }) => severity === "error",
      );
      if (commit && refused)
        throw new JinshuiError("invalid-process", `${fileName} can't be deployed`, {
          details: {
            fileName,
            problems: [...problems, ...report.flatMap((process) => process.problems)].filter(
              ({ severity }) => severity === "error",
            ),
          },
        });
      if (commit) {
        const ids = await write(context, actor.id, { xml, fileName, draft }, async (tx) => {
          const deployed: string[] = [];
          for (const process of processes)
            deployed.push(await definitions.deploy(tx, { bureau: actor.bureau, xml, forms, process, draft }));
          tx.audit({
            bureau: actor.bureau,
            actor: { id: actor.id, name: actor.name },
            action: draft ? "import-draft" : "deploy",
            resource: `process/${fileName}`.slice(0, 150),
            after: { processes: report.map(({ key }) => key) },
            trace: context.traceId,
          });
          return deployed;
        });
        ids.forEach((id, index) => {
          const process = report[index];
          if (process) process.definition = id;
        });
      }
      return {
        processes: report.map(({ definition, replaces, ...process }) => ({
          ...process,
          ...(replaces === undefined ? {} : { replaces }),
          ...(definition === undefined ? {} : { definition }),
        })),
        problems,
      };
    },
  };
}
