import { HTTP_ROOT, type UploadStatus } from "@jinshui/contracts";
import type Router from "@koa/router";
import type { Context, Middleware } from "koa";
import type { GatewayOptions, Upload } from "../options.js";
import { withBody } from "./body.js";
import { senderOf } from "./sender.js";
import { announce, checksumIn, invalid, metadataIn, numberIn, PART_TYPE, TUS_VERSION } from "./tus-headers.js";

const ROOT = `${HTTP_ROOT}/uploads`;

/**
 * Uploads in parts by the tus protocol, 1.0.0 with creation, creation-with-upload, expiration, checksum and termination
 * (https://tus.io/protocols/resumable-upload). Beside it, GET tells how far an upload is and which file it has become.
 */
export function uploadRoutes(router: Router, options: GatewayOptions): void {
  const { files, pace } = options;

  router.options([ROOT, `${ROOT}/:id`], (context) => {
    context.set("Tus-Resumable", TUS_VERSION);
    announce(context, files.limits.fileBytes);
    context.status = 204;
  });

  router.post(ROOT, speaksTus(options), async (context) => {
    await withBody(context, pace, async (body) => {
      const sender = await senderOf(context, options, false);
      const length = numberIn(context, "Upload-Length");
      if (length === undefined) throw invalid("Upload-Length must be there; it can't be told later");
      const metadata = metadataIn(context);
      const name = metadata.get("filename") ?? metadata.get("name") ?? "";
      if (name === "") throw invalid("Upload-Metadata needs filename");
      const mediaType = metadata.get("filetype") ?? "";
      const checksum = checksumIn(context);
      let upload = await files.uploads.create(sender, { name, mediaType, length });
      context.set("Location", `${ROOT}/${upload.id}`);
      if (context.is(PART_TYPE) !== false && context.is(PART_TYPE) !== null)
        upload = await files.uploads.append(upload.id, sender, 0, body, checksum);
      tell(context, upload);
      context.status = 201;
    });
  });

  router.head(`${ROOT}/:id`, speaksTus(options), async (context) => {
    const upload = await files.uploads.find(idOf(context), await senderOf(context, options, true));
    tell(context, upload);
    context.set("Upload-Length", String(upload.length));
    context.status = 200;
  });

  router.get(`${ROOT}/:id`, async (context) => {
    const upload = await files.uploads.find(idOf(context), await senderOf(context, options, true));
    const { length, offset, expiresAt, file } = upload;
    context.set("Cache-Control", "no-store");
    context.body = { length, offset, expiresAt, ...(file ? { file } : {}) } satisfies UploadStatus;
  });

  router.patch(`${ROOT}/:id`, speaksTus(options), async (context) => {
    await withBody(context, pace, async (body) => {
      const sender = await senderOf(context, options, true);
      if (context.is(PART_TYPE) !== PART_TYPE) throw invalid(`A part is ${PART_TYPE}`, 415);
      const offset = numberIn(context, "Upload-Offset");
      if (offset === undefined) throw invalid("Upload-Offset must be there");
      tell(context, await files.uploads.append(idOf(context), sender, offset, body, checksumIn(context)));
      context.status = 204;
    });
  });

  router.delete(`${ROOT}/:id`, speaksTus(options), async (context) => {
    await files.uploads.remove(idOf(context), await senderOf(context, options, true));
    context.status = 204;
  });
}

function speaksTus({ files }: GatewayOptions): Middleware {
  return async (context, next) => {
    context.set("Tus-Resumable", TUS_VERSION);
    context.set("Cache-Control", "no-store");
    if (context.get("Tus-Resumable") !== TUS_VERSION) {
      announce(context, files.limits.fileBytes);
      throw invalid(`Only version ${TUS_VERSION} of the protocol is spoken here`, 412);
    }
    await next();
  };
}

function tell(context: Context, upload: Upload): void {
  context.set("Upload-Offset", String(upload.offset));
  context.set("Upload-Expires", new Date(upload.expiresAt).toUTCString());
}

function idOf(context: Context): string {
  return (context as Context & { params: Record<string, string | undefined> }).params["id"] ?? "";
}
