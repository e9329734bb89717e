import { type Context, type fileOperations, type Handlers, JinshuiError, type StorageApi } from "@jinshui/contracts";
import type { Access, Actor } from "../access.js";
import type { FileStore } from "./file-store.js";
import type { Quarantine } from "./quarantine.js";

const ADMINISTRATION = "site.files";

type FileOps = keyof typeof fileOperations;

/** The operations of the storage API that are about files. */
export function fileHandlers({
  access,
  files,
}: {
  access: Access;
  files: FileStore;
}): Pick<Handlers<StorageApi>, FileOps> {
  const administrator = async (context: Context): Promise<Actor> => {
    const { actor, plugin } = await access.resolve(context);
    if (plugin === undefined && actor?.permissions.has(ADMINISTRATION) === true) return actor;
    throw new JinshuiError(
      "forbidden",
      `${actor?.name ?? plugin ?? "nobody"} may not administer files; it takes ${ADMINISTRATION}`,
      { details: { permissions: [ADMINISTRATION] } },
    );
  };
  /** The city's administrator looks after the bureaus below as well. */
  const bureausOf = (context: Context): string[] => [context.bureau, ...access.below(context.bureau)];
  const decision = async (reason: string, context: Context): Promise<Parameters<Quarantine["release"]>[1]> => {
    const { id, name } = await administrator(context);
    return { bureaus: bureausOf(context), actor: { id, name }, reason, trace: context.traceId };
  };

  return {
    claimFile: async ({ file, inline }, context) =>
      files.claim(await access.resolve(context), file, context.bureau, inline),

    fileInfo: async ({ file: id }, context) => {
      await files.readFor(await access.resolve(context), id, context.bureau);
      return files.describe(id, context.bureau);
    },

    allowUpload: async (_, context) => {
      const call = await access.resolve(context);
      if (!call.actor && call.plugin === undefined)
        throw new JinshuiError("sign-in-required", "A file is uploaded by somebody");
      return files.allowUpload(call, context.bureau);
    },

    quarantinedFiles: async (page, context) => {
      await administrator(context);
      return files.quarantine.list(bureausOf(context), page);
    },

    releaseFile: async ({ file, reason }, context) => {
      await files.quarantine.release(file, await decision(reason, context));
      return {};
    },

    destroyFile: async ({ file, reason }, context) => {
      await files.quarantine.remove(file, await decision(reason, context));
      return {};
    },

    checkFiles: async (_, context) => {
      await administrator(context);
      return files.startCheck();
    },

    fileCheck: async (_, context) => {
      await administrator(context);
      return files.check;
    },
  };
}
