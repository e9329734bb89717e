import { type Ask, canonicalJson, type PluginManifest } from "@jinshui/contracts";
import { createHash } from "node:crypto";

const DEFAULT_MEMORY_MB = 128;

/** Everything a plugin asks for, as its manifest says it; in a fixed order. */
export function asksOf({ grants, server, web, contributes }: PluginManifest): Ask[] {
  const { permissions = [], jobs = [], menu = [], views = [] } = contributes;
  const titleOf = (view: string): Pick<Ask, "title"> => {
    const title = views.find(({ id }) => id === view)?.title;
    return title ? { title } : {};
  };
  return [
    ...[...grants.apis].sort().map((what): Ask => ({ kind: "api", what })),
    ...(grants.archives === true ? [{ kind: "api", what: "archives" } satisfies Ask] : []),
    ...sorted(grants.events?.subscribe).map((what): Ask => ({ kind: "event", what })),
    ...sorted(grants.plugins).map((what): Ask => ({ kind: "plugin-op", what })),
    ...(server ? [{ kind: "memory", what: "", megabytes: server.memoryMb ?? DEFAULT_MEMORY_MB } satisfies Ask] : []),
    ...(web ? [{ kind: "web", what: "" } satisfies Ask] : []),
    ...permissions.map(({ id, title, positions }): Ask => ({
      kind: "permission",
      what: id,
      title,
      positions: sorted(positions),
    })),
    ...sorted(jobs).map((what): Ask => ({ kind: "job", what })),
    ...menu.map(({ view, title }): Ask => ({
      kind: "menu",
      what: view,
      ...titleOf(view),
      ...(title ? { title } : {}),
    })),
  ];
}

/** What is asked for in `after` beyond `before`: of a permission the positions that are new, of memory more of it. */
export function beyond(after: readonly Ask[], before: readonly Ask[]): Ask[] {
  const known = new Map(before.map((ask) => [keyOf(ask), ask]));
  return after.flatMap((ask): Ask[] => {
    const old = known.get(keyOf(ask));
    if (!old) return [ask];
    if ((ask.megabytes ?? 0) > (old.megabytes ?? 0)) return [ask];
    const positions = ask.positions?.filter((position) => old.positions?.includes(position) !== true) ?? [];
    return positions.length > 0 ? [{ ...ask, positions }] : [];
  });
}

/** What somebody agrees to who installs a package: all it asks for, and the very package. */
export function consentTo(asks: readonly Ask[], sha256: string): string {
  return createHash("sha256")
    .update(canonicalJson({ asks, package: sha256 }))
    .digest("hex");
}

function keyOf({ kind, what }: Ask): string {
  return `${kind} ${what}`;
}

function sorted(texts: readonly string[] | undefined): string[] {
  return [...new Set(texts ?? [])].sort();
}
