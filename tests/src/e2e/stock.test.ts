import { storageApi, workflowApi } from "@jinshui/contracts";
import test from "ava";
import { shot, siteWithBrowser } from "./browser.js";

const on = siteWithBrowser();
const collection = "asset-tracking.equipment";

/** Has a requisition brought to the step that hands an item over; the task's id. */
async function approved(reason: string): Promise<string> {
  const clerk = (await on.site.signIn("chenxiao")).client(workflowApi);
  const chief = (await on.site.signIn("wanggang")).client(workflowApi);
  const equipment = (await on.site.signIn("zhaomin")).client(workflowApi);
  const { definitions } = await clerk.definitions({});
  const definition = definitions.find(({ key }) => key === "asset-requisition")?.id ?? "";
  const { number } = await clerk.start({ definition, values: { category: "desktop", reason, place: "大厅" } });
  const [asked] = (await chief.tasks({ kind: "todo" })).tasks;
  const decision = { id: asked?.id ?? "", version: asked?.version ?? 0, action: "approve", values: {} };
  const { sha256, certificate } = await chief.prepareSignature(decision);
  await chief.complete({ ...decision, signature: { sha256, certificate: certificate.id } });
  const { tasks } = await equipment.tasks({ kind: "todo" });
  return tasks.find((task) => task.number === number)?.id ?? "";
}

test("who hands an item over chooses among those in stock only", async (t) => {
  const equipment = await on.site.signIn("zhaomin");
  const storage = equipment.client(storageApi);
  for (const [index, name] of ["甲机", "乙机"].entries()) {
    const code = `WH-2005-0000${index + 1}`;
    await storage.insert({ collection, values: { code, name, category: "desktop", purchasedOn: "2005-03-01" } });
  }
  const page = await on.browser.signIn("zhaomin");
  const offered = async (task: string): Promise<string[]> => {
    await page.goto(`${on.site.url}/tasks/${task}`);
    await page.locator("ji-form vaadin-combo-box input").click();
    await page.locator("vaadin-combo-box-item:not([hidden])").first().waitFor();
    await page.locator("vaadin-combo-box[loading]").waitFor({ state: "detached" });
    return (await page.locator("vaadin-combo-box-item:not([hidden])").allInnerTexts()).sort();
  };
  const first = await approved("换机");
  t.deepEqual(await offered(first), ["WH-2005-00001 · 甲机", "WH-2005-00002 · 乙机"]);
  await page.locator("ji-form vaadin-combo-box input").fill("甲");
  await page.locator("ji-form vaadin-combo-box input").press("Enter");
  await page.locator("vaadin-combo-box[opened]").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "发放" }).click();
  await page.waitForSelector("ji-workbench-page");
  for (const end = Date.now() + 10_000; Date.now() < end;)
    if ((await storage.count({ collection, filter: { status: "in-use" } })).total === 1) break;
  t.deepEqual(await offered(await approved("再换一台")), ["WH-2005-00002 · 乙机"]);
  await shot(page, "stock");
  t.deepEqual(on.browser.complaints, []);
});
