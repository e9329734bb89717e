import { Auth, inject, job, type Job, JinshuiError, op, plugin, Storage, Workflow } from "@jinshui/plugin";
import { type Aim, fiveAims } from "./five.js";
import { freeze } from "./freeze.js";
import { type Indicator, INDICATORS, type Level, MISSING, type MissingIndicator } from "./indicator.js";
import { type Asked, measure, type Subject } from "./measure.js";
import { CORRECTIONS, type Result, resultsOf, type Scheme, schemeOf, SCHEMES, SCORES } from "./records.js";
import { checkScheme, decimal, hundredthsOf, type SchemeLine, type ScoredLine } from "./scheme.js";

type SchemeInput = { name: string; level: Level; lines: SchemeLine[] };

/** Assesses by what was done: indicators, schemes, frozen scores and their corrections. */
@plugin()
export class PerformanceAssessment {
  constructor(
    @inject(Storage) private readonly storage: Storage,
    @inject(Workflow) private readonly workflow: Workflow,
    @inject(Auth) private readonly auth: Auth,
  ) {}

  /** What can be assessed, and what for want of data can't. */
  @op("indicators")
  indicators(): { indicators: readonly Indicator[]; missing: readonly MissingIndicator[] } {
    return { indicators: INDICATORS, missing: MISSING };
  }

  /** All indicators of each person, department or bureau, with the rights of who asks. */
  @op("board")
  async board({ level, ...asked }: Asked & { level: Level }): Promise<{ subjects: Subject[]; asOf: string }> {
    return measure(this.workflow, level, INDICATORS, asked);
  }

  /** The five aims (五个“所有”) of the bureau in a month. */
  @op("five")
  async five({ period }: { period: string }): Promise<{ aims: Aim[] }> {
    return { aims: await fiveAims(this.workflow, this.auth, period) };
  }

  /** A scheme of this name in a new version, as a draft: versions that were in force never change. */
  @op("save-scheme")
  async saveScheme({ name, level, lines }: SchemeInput): Promise<{ scheme: Scheme }> {
    checkScheme(level, lines);
    const { records } = await this.storage.find({
      collection: SCHEMES,
      filter: { name },
      sort: ["-version"],
      limit: 1,
    });
    const version = records[0] ? schemeOf(records[0]).version + 1 : 1;
    const record = await this.storage.insert({
      collection: SCHEMES,
      values: { name, level, version, status: "draft", lines },
    });
    return { scheme: schemeOf(record) };
  }

  /** Puts a version of a scheme into force, in place of the one before. */
  @op("activate-scheme")
  async activateScheme({ scheme: id }: { scheme: string }): Promise<{ scheme: Scheme }> {
    const record = await this.storage.get({ collection: SCHEMES, id });
    const { name, level, lines, status } = schemeOf(record);
    if (status !== "draft")
      throw new JinshuiError("conflict", "Only a draft can be put into force", { details: { status } });
    checkScheme(level, lines);
    const { records } = await this.storage.find({
      collection: SCHEMES,
      filter: { name, status: "active" },
      limit: 200,
    });
    const change = (found: typeof record, to: Scheme["status"]): object => ({
      op: "update" as const,
      ...{ collection: SCHEMES, id: found.id, version: found.version, values: { status: to } },
    });
    await this.storage.transact({
      operations: [...records.map((other) => change(other, "retired")), change(record, "active")] as never,
    });
    return { scheme: schemeOf(await this.storage.get({ collection: SCHEMES, id })) };
  }

  /** Keeps the scores of a month that has ended. */
  @op("freeze")
  async freeze({ scheme: id, period }: { scheme: string; period: string }): Promise<{ scores: number }> {
    const scheme = schemeOf(await this.storage.get({ collection: SCHEMES, id }));
    if (scheme.status !== "active")
      throw new JinshuiError("conflict", `${scheme.name} is not in force`, { details: { status: scheme.status } });
    return { scores: await freeze(this.storage, this.workflow, scheme, period) };
  }

  /** Frozen scores that the one who asks may see, the newest month first, and beside each figure what appeals made of it. */
  @op("results")
  async results({
    period,
    cursor,
  }: {
    period?: string;
    cursor?: string;
  }): Promise<{ results: Result[]; nextCursor?: string }> {
    const { records, nextCursor } = await this.storage.find({
      collection: SCORES,
      sort: ["-period", "title"],
      limit: 50,
      ...(period === undefined ? {} : { filter: { period } }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    return { results: await resultsOf(this.storage, records), ...(nextCursor === undefined ? {} : { nextCursor }) };
  }

  /** Enters what an appeal decided beside the figure, which stays as it was. */
  @job("record-correction")
  async recordCorrection({ number, variables }: Job): Promise<{ correction: { done: boolean; reason: string } }> {
    const { score, indicator, claimed, corrected, applicant, steps } = variables as {
      score: string;
      indicator: string;
      claimed: string;
      corrected?: string;
      applicant: { id: string };
      steps: { decide: { opinion?: string; by: { name: string } } };
    };
    const record = await this.storage.get({ collection: SCORES, id: score });
    const line = (record.values["lines"] as ScoredLine[]).find((each) => each.indicator === indicator);
    if (!line) return refused("该得分没有这项指标");
    if (record.values["level"] === "person" && record.values["person"] !== applicant.id)
      return refused("只能就本人的得分申诉");
    const value = decimal(hundredthsOf((corrected ?? "") === "" ? claimed : (corrected ?? "")));
    await this.storage.upsert({
      collection: CORRECTIONS,
      key: { score, number },
      values: {
        indicator,
        ...(line.hundredths === undefined ? {} : { raw: decimal(line.hundredths) }),
        corrected: value,
        reason: steps.decide.opinion ?? "",
        decidedBy: steps.decide.by.name,
        ...(record.values["person"] === undefined ? {} : { person: record.values["person"] }),
      },
    });
    return { correction: { done: true, reason: "" } };
  }
}

const refused = (reason: string): { correction: { done: boolean; reason: string } } => ({
  correction: { done: false, reason },
});
