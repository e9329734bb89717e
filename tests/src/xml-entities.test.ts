import { storageApi, type TransferJob, workflowApi } from "@jinshui/contracts";
import { zip } from "@jinshui/storage/testing";
import { TestSite } from "@jinshui/testing";
import test, { type ExecutionContext } from "ava";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { headersOf } from "./site-files.js";

const CANARY = "kanarie-from-a-file";
/** What a refusal may cost: twenty doublings of a text of a thousand characters would be a gigabyte. */
const MOST_MB = 96;

/** A file with a secret, and an address that notes who asks it. */
async function bait(t: ExecutionContext): Promise<{ file: string; url: string; asked: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-xml-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, "secret.txt");
  await writeFile(file, CANARY);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end("<!ENTITY fetched 'kanarie-from-afar'>");
  }).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  t.teardown(() => new Promise<void>((done) => server.close(() => done())));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { file, url: `http://127.0.0.1:${port}`, asked };
}

/** Document types that define `a` in every way there is. */
function doctypes({ file, url }: { file: string; url: string }): Record<string, string> {
  const doubled = Array.from({ length: 20 }, (_, at) => `<!ENTITY l${at + 1} "&l${at};&l${at};">`).join("");
  return {
    "a text of its own": `<!DOCTYPE x [<!ENTITY a "eigen">]>`,
    "a file": `<!DOCTYPE x [<!ENTITY a SYSTEM "file://${file}">]>`,
    "a file by its public name": `<!DOCTYPE x [<!ENTITY a PUBLIC "p" "${file}">]>`,
    "an address": `<!DOCTYPE x [<!ENTITY a SYSTEM "${url}/entity">]>`,
    "a parameter entity": `<!DOCTYPE x [<!ENTITY % p SYSTEM "${url}/parameter"> %p; <!ENTITY a "&fetched;">]>`,
    "a document type elsewhere": `<!DOCTYPE x SYSTEM "${url}/dtd">`,
    "small letters": `<!doctype x [<!entity a SYSTEM "file://${file}">]>`,
    "a billion laughs": `<!DOCTYPE x [<!ENTITY l0 "${"ha".repeat(500)}">${doubled}<!ENTITY a "&l20;">]>`,
    "a circle": `<!DOCTYPE x [<!ENTITY a "&b;"><!ENTITY b "&a;">]>`,
  };
}

async function peakMb(pid: number): Promise<number> {
  const [, kilobytes = ""] = /VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1_024;
}

const processWith = (doctype: string): string => `<?xml version="1.0"?>${doctype}
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <process id="p" name="&a;" isExecutable="true"><documentation>&a;</documentation>
    <startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e" name="&a;"/>
  </process>
</definitions>`;

/** A workbook whose part of this name begins with a document type. */
function workbook(part: string, doctype: string): Buffer {
  const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const relations = "http://schemas.openxmlformats.org/package/2006/relationships";
  const types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const cell = (place: string, text: string): string => `<c r="${place}" t="inlineStr"><is><t>${text}</t></is></c>`;
  const heads = ["资产编号", "设备名称", "类别", "购置日期"];
  const reference = part === "xl/worksheets/sheet1.xml" ? "&a;" : "x";
  const values = ["WX-2005-77777", reference, "desktop", "2005-01-01"];
  const row = (number: number, texts: string[]): string =>
    `<row r="${number}">${texts.map((text, at) => cell(`${"ABCD"[at] ?? ""}${number}`, text)).join("")}</row>`;
  const parts = {
    "[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
    "_rels/.rels": `<Relationships xmlns="${relations}"><Relationship Id="r1" Type="${types}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": `<workbook xmlns="${main}" xmlns:r="${types}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships xmlns="${relations}"><Relationship Id="r1" Type="${types}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="${types}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="${types}/styles" Target="styles.xml"/></Relationships>`,
    "xl/sharedStrings.xml": `<sst xmlns="${main}"><si><t>${part === "xl/sharedStrings.xml" ? "&a;" : "x"}</t></si></sst>`,
    "xl/styles.xml": `<styleSheet xmlns="${main}"/>`,
    "xl/worksheets/sheet1.xml": `<worksheet xmlns="${main}"><sheetData>${row(1, heads)}${row(2, values)}</sheetData></worksheet>`,
  };
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
  return zip(
    Object.entries(parts).map(([name, content]) => ({
      name,
      content: `${declaration}${name === part ? doctype : ""}${content}`,
      deflate: true,
    })),
  );
}

const REFUSED = { state: "failed", error: { code: "invalid-file", details: { reason: "workbook" } } };
const PARTS = [
  ...["[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"],
  ...["xl/sharedStrings.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"],
];

// checklist: 44
test("entities in processes and workbooks that people bring are refused: no file is read, no address asked, no memory filled", async (t) => {
  t.timeout(180_000);
  const site = await TestSite.start();
  t.teardown(() => site.stop());
  const hook = await bait(t);
  const kinds = doctypes(hook);
  const administrator = (await site.signIn("sunjie")).client(workflowApi);
  const keeper = (await site.signIn("zhaomin")).client(storageApi);
  const headers = await headersOf(site, "zhaomin");
  const before = await peakMb(site.kernelPid);
  const answers: string[] = [];

  for (const [kind, doctype] of Object.entries(kinds)) {
    const file = { xml: processWith(doctype), fileName: "a.bpmn" };
    const report = await administrator.importDefinition({ ...file, commit: false });
    t.deepEqual(
      report.problems.map(({ severity, code }) => [severity, code]),
      [["error", "doctype"]],
      kind,
    );
    t.deepEqual(report.processes, [], kind);
    await t.throwsAsync(
      administrator.importDefinition({ ...file, commit: true }),
      { code: "invalid-process" } as never,
      kind,
    );
    answers.push(JSON.stringify(report));
  }
  // without a document type a name is only a text
  const bare = await administrator.importDefinition({ xml: processWith(""), fileName: "a.bpmn", commit: false });
  answers.push(JSON.stringify(bare));
  t.false(
    bare.processes.some(({ title }) => title !== "" && title !== "&a;" && title !== "p"),
    JSON.stringify(bare),
  );

  const load = async (content: Buffer): Promise<TransferJob> => {
    const sent = await fetch(`${site.url}/api/v1/files?name=${encodeURIComponent("清单.xlsx")}`, {
      method: "PUT",
      headers: { ...headers, "content-type": "application/octet-stream" },
      body: new Uint8Array(content),
    });
    const text = await sent.text();
    t.true(sent.ok, text);
    const { file } = JSON.parse(text) as { file: string };
    const { id } = await keeper.startImport({ collection: "asset-tracking.equipment", file, checkOnly: true });
    for (let tries = 0; tries < 200; tries += 1) {
      const job = await keeper.transfer({ id });
      if (job.state !== "waiting" && job.state !== "running") return job;
      await sleep(50);
    }
    throw new Error("the import does not end");
  };
  t.like(await load(workbook("none", "")), { state: "done" }, "such a workbook is read when it has no document type");
  for (const part of PARTS)
    for (const [kind, doctype] of Object.entries(kinds)) {
      if (part !== "xl/worksheets/sheet1.xml" && !["a file", "an address", "a billion laughs"].includes(kind)) continue;
      const job = await load(workbook(part, doctype));
      answers.push(JSON.stringify(job));
      // the list of contents is not read
      if (part === "[Content_Types].xml") t.is(job.state, "done", `${kind} in ${part}`);
      else t.like(job, REFUSED, `${kind} in ${part}`);
    }

  t.deepEqual(hook.asked, [], "no address was asked");
  for (const answer of answers) t.notRegex(answer, /kanarie|eigen|(ha){100}/);
  const grown = (await peakMb(site.kernelPid)) - before;
  t.log(`${answers.length} answers, ${Math.round(grown)} MB`);
  t.true(grown < MOST_MB, `${Math.round(grown)} MB`);
  await site.shutDown();
  t.notRegex(await readFile(join(site.data, "kernel.log"), "utf8"), /kanarie/);
});
