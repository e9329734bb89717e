import type { CollectionDefinition } from "@jinshui/contracts";
import { Readable } from "node:stream";
import { eachDatabase } from "../testing/each.js";
import { as, codeOf, device, storageService } from "../testing/storage-service.js";

const contracts: CollectionDefinition = {
  ...device,
  name: "contract",
  unique: [],
  fields: {
    name: { type: "string", title: { "zh-CN": "名称" }, required: true },
    scans: { type: "attachments", title: { "zh-CN": "扫描件" } },
    opinion: { type: "attachments", title: { "zh-CN": "意见" }, permissions: { read: ["asset.audit"] } },
  },
  display: { title: "name", list: ["name"] },
};
const collection = "asset.contract";
const writer = "甲:asset.view:asset.manage:asset.audit";
const thief = "乙:asset.view:asset.manage";
const reader = "丙:asset.view";
const stranger = "丁";

// checklist: 19
eachDatabase(
  "the files of a record follow its rights, live as long as it, and can't be taken by their id",
  async (t, { database }) => {
    const storage = await storageService(t, database, [contracts]);
    const { handlers, files } = storage;
    const put = async (content: string): Promise<string> =>
      (
        await files.put(Readable.from([Buffer.from(content)]), {
          name: "合同.txt",
          mediaType: "",
          bureau: "wuhu",
          actor: "甲",
        })
      ).file;
    const [scan, opinion] = [await put("扫描"), await put("意见")];
    const claim = (file: string, person: string): Promise<unknown> => handlers.claimFile({ file }, as(person));
    const insert = (person: string, values: Record<string, unknown>): ReturnType<typeof handlers.insert> =>
      handlers.insert({ collection, values }, as(person));

    t.is(await codeOf(t, insert(thief, { name: "偷", scans: [scan] })), "invalid-request");
    const record = await insert(writer, { name: "合同", scans: [scan], opinion: [opinion] });
    await claim(scan, reader);
    t.is(await codeOf(t, claim(opinion, reader)), "not-found", "a field that is hidden hides its files");
    t.is(await codeOf(t, claim(scan, stranger)), "not-found");
    t.is(await codeOf(t, handlers.claimFile({ file: scan }, as(reader, { bureau: "fanchang" }))), "not-found");
    await insert(thief, { name: "抄", scans: [scan] });

    const age = async (): Promise<void> => {
      const then = new Date(Date.now() - 25 * 3_600_000).toISOString();
      await database.transaction((tx) => tx.update("file", { unlinked_at: { ne: null } }, { unlinked_at: then }));
      await files.sweep();
    };
    await age();
    await claim(scan, reader);
    const { id, version } = record;
    const changed = await handlers.update({ collection, id, version, values: { opinion: [] } }, as(writer));
    await age();
    t.is(await codeOf(t, claim(opinion, writer)), "not-found", "no record holds it any more");
    const removed = await handlers.remove({ collection, id, version: changed.version }, as(writer));
    await age();
    await handlers.restore({ collection, id, version: removed.version }, as(writer));
    await claim(scan, reader);
  },
);
