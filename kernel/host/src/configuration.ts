import { BureauConfig, BureauLock, DemoDuties, DemoPeople, JinshuiError, SiteConfig } from "@jinshui/contracts";
import { problems } from "@jinshui/contracts/validate";
import type { OrganisationConfig } from "@jinshui/auth";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LineCounter, parseDocument } from "yaml";

/** Reads the site's files and checks them; an error names file, line and place. */
export function readConfiguration(folder: string, demo: boolean): OrganisationConfig {
  const site = read<SiteConfig>(join(folder, "base.yaml"), SiteConfig);
  const bureauFolder = join(folder, "bureaus");
  const files = existsSync(bureauFolder)
    ? readdirSync(bureauFolder)
        .filter((name) => name.endsWith(".yaml"))
        .sort()
    : [];
  if (files.length === 0)
    throw new JinshuiError("invalid-file", `${bureauFolder} has no bureau; put one .yaml file per bureau there`);
  const bureaus = files.map((name) =>
    withLock(read<BureauConfig>(join(bureauFolder, name), BureauConfig), bureauFolder),
  );
  // the city first: bureaus without a parent lead the lists
  bureaus.sort((a, b) => Number(a.parent !== undefined) - Number(b.parent !== undefined));
  for (const { bureau, parent } of bureaus) {
    if (parent !== undefined && !bureaus.some((other) => other.bureau === parent))
      throw new JinshuiError("invalid-file", `bureau ${bureau} names parent ${parent}, which has no file`);
  }
  const people = join(folder, "demo", "people.yaml");
  const duties = join(folder, "demo", "duties.yaml");
  return {
    site,
    bureaus,
    ...(demo && existsSync(people) ? { demo: read<DemoPeople>(people, DemoPeople) } : {}),
    ...(demo && existsSync(duties) ? { demoDuties: read<DemoDuties>(duties, DemoDuties) } : {}),
  };
}

/** A bureau with the exact versions of its lock file, `<bureau>.lock.json`, if it has one. */
function withLock(config: BureauConfig, folder: string): BureauConfig {
  const file = join(folder, `${config.bureau}.lock.json`);
  return existsSync(file) ? { ...config, locked: read<BureauLock>(file, BureauLock).plugins } : config;
}

function read<T>(file: string, schema: object): T {
  if (!existsSync(file)) throw new JinshuiError("invalid-file", `${file} is missing`);
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, "utf8"), { lineCounter: lines });
  const [broken] = document.errors;
  if (broken)
    throw new JinshuiError(
      "invalid-file",
      `${file}:${broken.linePos?.[0].line ?? "?"}: ${broken.message.split("\n")[0] ?? ""}`,
    );
  const value: unknown = document.toJS();
  const [wrong] = problems(schema, value);
  if (wrong) {
    const path = wrong.path.split("/").slice(1);
    const node = document.getIn(path, true) ?? document.getIn(path.slice(0, -1), true);
    const range = (node as { range?: [number, number, number] } | undefined)?.range;
    throw new JinshuiError(
      "invalid-file",
      `${file}${range ? `:${lines.linePos(range[0]).line}` : ""}: ${wrong.path || "/"} ${wrong.message}`,
    );
  }
  return value as T;
}
