import { type Handlers, JinshuiError, type StorageApi } from "@jinshui/contracts";
import type { Access, ResolvedCall } from "../access.js";
import type { FileStore } from "./file-store.js";

const ADMINISTRATION = "site.files";

type FileOps = "claimFile" | "fileInfo" | "allowUpload" | "quarantinedFiles" | "checkFiles" | "fileCheck";

/** The operations of the storage API that are about files. */
export function fileHandlers({
  access,
  files,
}: {
  access: Access;
  files: FileStore;
}): Pick<Handlers<StorageApi>, FileOps> {
  return {
    claimFile: async ({ file, inline }, context) =>
      files.claim(await access.resolve(context), file, context.bureau, inline),

    fileInfo: async ({ file: id }, context) => {
      await files.readFor(await access.resolve(context), id, context.bureau);
      return files.describe(id, context.bureau);
    },

    allowUpload: async (_, context) => files.allowUpload(await access.resolve(context), context.bureau),

    quarantinedFiles: async (_, context) => {
      requireAdministration(await access.resolve(context));
      return { files: await files.quarantined() };
    },

    checkFiles: async (_, context) => {
      requireAdministration(await access.resolve(context));
      return files.startCheck();
    },

    fileCheck: async (_, context) => {
      requireAdministration(await access.resolve(context));
      return files.check;
    },
  };
}

function requireAdministration({ actor, plugin }: ResolvedCall): void {
  if (plugin === undefined && actor?.permissions.has(ADMINISTRATION) === true) return;
  throw new JinshuiError(
    "forbidden",
    `${actor?.name ?? plugin ?? "nobody"} may not administer files; it takes ${ADMINISTRATION}`,
    {
      details: { permissions: [ADMINISTRATION] },
    },
  );
}
