import {
  type Context,
  type Contribution,
  type Handlers,
  JinshuiError,
  KERNEL_CALLERS,
  type PluginManifest,
  type SupervisorApi,
} from "@jinshui/contracts";
import { problems } from "@jinshui/contracts/validate";
import { type Actor, DEFAULT_LIMIT } from "@jinshui/storage";
import type { Supervisor } from "../supervisor.js";

type Ops = NonNullable<NonNullable<PluginManifest["provides"]>["ops"]>;

/** An operation of a plugin as a bureau has it. */
export type ProvidedOp = Ops[string];

/**
 * The operation of a plugin that is on in the bureau, if the actor may call it.
 * @throws JinshuiError `not-enabled`, `not-found`, `forbidden`.
 */
export function requireOp(
  supervisor: Supervisor,
  { bureau, plugin, op }: { bureau: string; plugin: string; op: string },
  actor: Actor | undefined,
): ProvidedOp {
  if (!supervisor.enabledPlugins(bureau).includes(plugin))
    throw new JinshuiError("not-enabled", `${plugin} is not enabled in ${bureau}`, { details: { plugin, bureau } });
  const provided = supervisor.releaseIn(plugin, bureau)?.content?.manifest.provides?.ops?.[op];
  if (!provided) throw new JinshuiError("not-found", `${plugin} has no operation ${op}`, { details: { plugin, op } });
  if (provided.permission !== undefined && !actor?.permissions.has(provided.permission))
    throw new JinshuiError("forbidden", `${plugin}.${op} takes ${provided.permission}`, {
      details: { permissions: [provided.permission] },
    });
  return provided;
}

/** Plugins that work together: what one contributes to another, and operations that one calls of another. */
export function pointHandlers(supervisor: Supervisor): Pick<Handlers<SupervisorApi>, "contributed" | "ask"> {
  const { access } = supervisor.options.auth;
  /** Entries that do not fit are told once for each state of the plugins. */
  const told = new Set<string>();

  const entriesFor = (bureau: string, owner: string, point: string): Contribution[] => {
    const schema = supervisor.releaseIn(owner, bureau)?.content?.points[point];
    if (!schema || !supervisor.enabledPlugins(bureau).includes(owner))
      throw new JinshuiError("not-found", `${owner} has no point ${point} in ${bureau}`, {
        details: { plugin: owner, point },
      });
    return supervisor.enabledPlugins(bureau).flatMap((plugin) => {
      const manifest = supervisor.releaseIn(plugin, bureau)?.content?.manifest;
      const entries = manifest?.contributes.to?.[`${owner}.${point}`] ?? [];
      return entries.flatMap((entry) => {
        const [problem] = problems(schema, entry);
        if (!problem) return [{ plugin, title: manifest?.title ?? { "zh-CN": plugin }, entry }];
        const key = `${supervisor.revision} ${bureau} ${plugin} ${owner}.${point}`;
        if (!told.has(key))
          supervisor.options.log.warn(
            { plugin, point: `${owner}.${point}`, problem: `${problem.path} ${problem.message}` },
            "an entry does not fit the point it is for, and is left out",
          );
        told.add(key);
        return [];
      });
    });
  };

  const mayCall = (bureau: string, owner: string, target: string, op: string): boolean => {
    const { grants, provides } = supervisor.releaseIn(owner, bureau)?.content?.manifest ?? {};
    if (grants?.plugins?.includes(`${target}.${op}`)) return true;
    return Object.keys(provides?.points ?? {}).some((point) =>
      entriesFor(bureau, owner, point).some(({ plugin, entry }) => plugin === target && entry.op === op),
    );
  };

  return {
    async contributed({ plugin, point, limit = DEFAULT_LIMIT, cursor = "0" }, context) {
      const { bureau, caller } = context;
      const { actor } = await access.resolve(context);
      if (!KERNEL_CALLERS.includes(caller) && caller !== plugin)
        throw new JinshuiError("forbidden", `${caller} may list what is contributed to its own points only`);
      const visible = entriesFor(bureau, plugin, point).filter(({ plugin: from, entry: { op } }) => {
        const provided =
          op === undefined ? undefined : supervisor.releaseIn(from, bureau)?.content?.manifest.provides?.ops?.[op];
        const permission = provided?.permission;
        return permission === undefined || actor === undefined || actor.permissions.has(permission);
      });
      const from = Number.parseInt(cursor, 10) || 0;
      const end = from + limit;
      return { entries: visible.slice(from, end), ...(end < visible.length ? { nextCursor: String(end) } : {}) };
    },

    async ask({ plugin, op, input }, context) {
      const { bureau, caller } = context;
      const { actor } = await access.resolve(context);
      if (!mayCall(bureau, caller, plugin, op))
        throw new JinshuiError("forbidden", `${caller} asks for no operation ${plugin}.${op} in its manifest`, {
          details: { plugin, op },
        });
      const { v } = requireOp(supervisor, { bureau, plugin, op }, actor);
      const token = await passedOn(context, plugin);
      const output = await supervisor.options.bus.plugin(bureau, plugin, v)(op, input, {
        timeoutMs: Math.max(1, context.deadline - performance.now()),
        signal: context.signal,
        traceparent: context.traceparent,
        ...(token === undefined ? {} : { actor: token }),
        ...(context.idempotencyKey === undefined ? {} : { idempotencyKey: `${caller}/${context.idempotencyKey}` }),
      });
      return { output };
    },
  };

  /** The same person, for another plugin to present: a token is good for its caller only. */
  async function passedOn({ actor, caller }: Context, audience: string): Promise<string | undefined> {
    if (actor === undefined) return undefined;
    const { sub: id, name, bureau, aud: _, exp: __, ...origin } = await access.tokens.check(actor, caller);
    return access.tokens.mint({ id, name, bureau }, audience, origin);
  }
}
