import { inject, isJinshuiError, job, type Job, JinshuiError, plugin, Storage } from "@jinshui/plugin";

const EQUIPMENT = "asset-tracking.equipment";

/** What the process does to the register. */
@plugin()
export class AssetTracking {
  constructor(@inject(Storage) private readonly storage: Storage) {}

  /**
   * Enters the applicant as holder of the item that was chosen (谁使用，谁负责). `issue.done` is false when the item has gone to
   * another matter meanwhile; the process then lets the information centre choose again.
   */
  @job("issue-equipment")
  async issue({ number, variables }: Job): Promise<{ issue: { done: boolean; reason: string } }> {
    const { equipment, applicant, place } = variables as {
      equipment?: { id: string };
      applicant: { id: string; department: string };
      place?: string;
    };
    if (!equipment) throw new JinshuiError("invalid-request", `${number} has no equipment chosen`);
    const record = await this.storage.get({ collection: EQUIPMENT, id: equipment.id });
    if (record.values["requisition"] === number && record.values["status"] === "in-use") return done(); // this job, delivered again
    if (record.values["status"] !== "idle") return refused("设备已不在库");
    try {
      await this.storage.update({
        collection: EQUIPMENT,
        id: record.id,
        version: record.version,
        values: {
          status: "in-use",
          holder: applicant.id,
          department: applicant.department,
          requisition: number,
          issuedOn: today(),
          ...(place === undefined ? {} : { location: place }),
        },
      });
    } catch (error) {
      if (isJinshuiError(error) && error.code === "stale-version")
        throw new JinshuiError("conflict", error.message, { retryable: true, cause: error });
      throw error;
    }
    return done();
  }
}

const done = (): { issue: { done: boolean; reason: string } } => ({ issue: { done: true, reason: "" } });
const refused = (reason: string): { issue: { done: boolean; reason: string } } => ({ issue: { done: false, reason } });

/** The date in China. */
function today(): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date());
}
