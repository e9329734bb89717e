import type { Context } from "koa";
import type { GatewayOptions, Uploader } from "../options.js";
import { authenticate } from "../sign-in.js";

/** Who uploads: whoever holds the ticket in `Jinshui-Ticket`, else the person of the session. */
export async function senderOf(context: Context, options: GatewayOptions, resumes: boolean): Promise<Uploader> {
  const ticket = context.get("Jinshui-Ticket");
  if (ticket !== "") return options.files.uploader(ticket, resumes);
  const { profile } = await authenticate(options, context, { api: "storage" });
  return { bureau: profile.bureau, actor: profile.id };
}
