import { JinshuiError, type Storage, type Workflow } from "@jinshui/plugin";
import { indicatorOf } from "./indicator.js";
import { measure } from "./measure.js";
import { type Scheme, SCORES } from "./records.js";
import { decimal, scored, totalOf } from "./scheme.js";

const CHUNK = 200;

/**
 * Computes and keeps the scores of a month by a scheme; returns how many. What is kept is not computed again.
 * @throws JinshuiError `conflict` for a month that has not ended, or is frozen already.
 */
export async function freeze(storage: Storage, workflow: Workflow, scheme: Scheme, period: string): Promise<number> {
  const { id, name, version, level, lines } = scheme;
  const indicators = lines.map(({ indicator }) => indicatorOf(indicator));
  const { subjects, asOf } = await measure(workflow, level, indicators, { from: period, to: period });
  if (monthInChina(asOf) <= period)
    throw new JinshuiError("conflict", `${period} has not ended: what is still done in it would be left out`, {
      details: { period },
    });
  const frozen = new Set<unknown>();
  let cursor: string | undefined;
  do {
    const page = await storage.find({
      collection: SCORES,
      filter: { scheme: id, period },
      fields: ["subject"],
      limit: CHUNK,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { values } of page.records) frozen.add(values["subject"]);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  // a request that broke off half way goes on where it was
  const missing = subjects.filter(({ key }) => !frozen.has(key));
  if (missing.length === 0)
    throw new JinshuiError("conflict", `${period} is frozen by ${name}, version ${version}, or has nothing to score`, {
      details: { period, scheme: id },
    });
  for (let start = 0; start < missing.length; start += CHUNK)
    await storage.transact({
      operations: missing.slice(start, start + CHUNK).map((subject) => {
        const scoredLines = lines.map((line) => {
          const measured = subject.measured.find(({ indicator }) => indicator === line.indicator);
          return scored(line, measured ?? { indicator: line.indicator, version: 0, numerator: 0 });
        });
        const total = totalOf(scoredLines);
        return {
          op: "insert" as const,
          collection: SCORES,
          values: {
            scheme: id,
            schemeName: `${name}（第 ${version} 版）`,
            period,
            level,
            subject: subject.key,
            title: subject.title,
            ...(level === "person" ? { person: subject.key } : {}),
            ...(total === undefined ? {} : { total: decimal(total) }),
            lines: scoredLines,
            asOf,
          },
        };
      }),
    });
  return missing.length;
}

function monthInChina(instant: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date(instant)).slice(0, 7);
}
