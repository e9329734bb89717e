import type { Api, Context, Handlers } from "@jinshui/contracts";
import type { ActorTokens } from "./actor-tokens.js";

/** The handlers of an API, where operations marked `recent` first ask how long ago the person proved who they are. */
export function withRecentSignIn<A extends Api>(api: A, handlers: Handlers<A>, tokens: ActorTokens): Handlers<A> {
  const guarded = Object.entries(api.ops).map(([name, op]) => {
    const handler = handlers[name as keyof A["ops"]] as (input: unknown, context: Context) => Promise<unknown>;
    if (op.recent !== true) return [name, handler];
    return [
      name,
      async (input: unknown, context: Context): Promise<unknown> => {
        await tokens.requireRecent(context.actor, context.caller);
        return handler(input, context);
      },
    ];
  });
  return Object.fromEntries(guarded) as Handlers<A>;
}
