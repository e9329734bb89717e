import test from "ava";
import type { Page } from "playwright-core";
import { seriousViolations, shot, siteWithBrowser } from "./browser.js";

const on = siteWithBrowser();

/** Steps of whoever starts it, in a row, with a drawing. */
function model(title: string, steps: readonly (readonly [id: string, name: string])[]): string {
  const ids = ["s", ...steps.map(([id]) => id), "e"];
  const flows = ids
    .slice(1)
    .map((id, index) => `<sequenceFlow id="f-${id}" sourceRef="${ids[index] ?? ""}" targetRef="${id}"/>`);
  const shapes = ids.map(
    (id, index) =>
      `<bpmndi:BPMNShape bpmnElement="${id}"><dc:Bounds x="${150 * index}" y="0" width="${id.length === 1 ? 36 : 100}" height="${id.length === 1 ? 36 : 80}"/></bpmndi:BPMNShape>`,
  );
  return `<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:jinshui="http://jinshui.cn/schema/bpmn/1.0" targetNamespace="t"><process id="loan" name="${title}">
<startEvent id="s" name="申请"/>${steps.map(([id, name]) => `<userTask id="${id}" name="${name}" jinshui:assign="applicant"/>`).join("")}<endEvent id="e" name="办结"/>${flows.join("")}</process>
<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="loan">${shapes.join("")}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>`;
}

async function deploy(page: Page, xml: string): Promise<void> {
  await page.goto(`${on.site.url}/processes`);
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "loan.bpmn", mimeType: "text/xml", buffer: Buffer.from(xml) });
  await page.getByRole("button", { name: "部署" }).click();
  await page.getByRole("link", { name: "发起", exact: true }).waitFor();
}

test("running matters are moved to a new version after a dry run; one that has no place there stays", async (t) => {
  const page = await on.browser.signIn("sunjie");
  await deploy(
    page,
    model("借阅办理", [
      ["register", "登记"],
      ["check", "核实"],
      ["copy", "复印"],
    ]),
  );
  const start = await page.getByRole("link", { name: "发起", exact: true }).getAttribute("href");
  const matters: string[] = [];
  for (const steps of [[], ["登记", "核实"], []]) {
    await page.goto(`${on.site.url}${start ?? ""}`);
    await page.getByRole("button", { name: "提交" }).click();
    await page.waitForSelector("ji-instance-page");
    const matter = page.url();
    matters.push(matter);
    for (const step of steps) {
      await page.goto(matter);
      await page.getByRole("main").getByRole("link", { name: step }).click();
      await page.getByRole("button", { name: "办结" }).click();
      await page.getByRole("status").getByText("已办理：").waitFor();
    }
  }
  await deploy(
    page,
    model("借阅办理", [
      ["take-in", "登记"],
      ["check", "核实"],
      ["hand-out", "交付"],
    ]),
  );

  const row = page.getByRole("row").filter({ hasText: "借阅办理" });
  await row.getByRole("cell", { name: "3", exact: true }).waitFor();
  await shot(page, "processes");
  t.deepEqual(await seriousViolations(page), []);
  await row.getByRole("link", { name: "版本与迁移" }).click();
  await page.getByRole("heading", { name: "版本与迁移：借阅办理" }).waitFor();
  t.is(await page.getByLabel("新版本的环节 登记").inputValue(), "take-in", "proposed by its name");
  t.is(await page.getByLabel("新版本的环节 复印").inputValue(), "");
  await page.getByText("编号相同、自动对应的环节 3 个").waitFor();

  await page.getByRole("button", { name: "试算" }).click();
  await page.getByText("试算结果：2 件可以迁移，1 件不能").waitFor();
  await page.getByText("停在“复印”，新版本中没有对应的环节").waitFor();
  await shot(page, "versions-dry-run");
  t.deepEqual(await seriousViolations(page), []);
  await page.setViewportSize({ width: 360, height: 740 });
  t.true((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
  await shot(page, "versions-phone");
  await page.setViewportSize({ width: 1366, height: 768 });

  await page.getByLabel("新版本的环节 登记").selectOption("");
  await page.getByText("请重新试算").waitFor();
  t.is(await page.getByRole("button", { name: /^迁移 \d/ }).count(), 0, "what was not tried can't be carried out");
  await page.getByRole("button", { name: "试算" }).click();
  await page.getByText("试算结果：0 件可以迁移，3 件不能").waitFor();
  await page.getByLabel("新版本的环节 登记").selectOption({ label: "登记" });
  await page.getByRole("button", { name: "试算" }).click();
  await page.getByText("试算结果：2 件可以迁移，1 件不能").waitFor();

  await page.getByLabel("迁移原因").fill("新版增加交付环节");
  await page.getByRole("button", { name: "迁移 2 件" }).click();
  await page.getByRole("dialog").getByText("确定把 2 件在办事项从第 1 版迁移到第 2 版吗").waitFor();
  await shot(page, "versions-sure");
  await page.getByRole("dialog").getByRole("button", { name: "迁移 2 件" }).click();
  await page.getByText("已迁移 2 件，1 件留在原版本").waitFor();
  await shot(page, "versions-moved");
  const running = page.getByRole("region", { name: "各个版本" }).getByRole("row");
  await running.filter({ hasText: "第 2 版" }).getByRole("cell", { name: "2", exact: true }).waitFor();
  await running.filter({ hasText: "第 1 版" }).getByRole("cell", { name: "1", exact: true }).waitFor();

  await page.goto(matters[0] ?? "");
  await page.getByText("变更流程版本").waitFor();
  await page.getByText("新版增加交付环节").waitFor();
  await page.goto(matters[1] ?? "");
  await page.getByRole("heading", { name: "借阅办理" }).first().waitFor();
  t.is(await page.getByText("变更流程版本").count(), 0, "the one without a place is as it was");
  t.deepEqual(on.browser.complaints, []);
});

test("who lacks the right does not come to the versions", async (t) => {
  const page = await on.browser.signIn("zhaomin");
  await page.goto(`${on.site.url}/processes/any/versions`);
  await page.getByRole("main").waitFor();
  await page.waitForFunction(() => document.title !== "");
  t.is(await page.locator("ji-versions-page").count(), 0);
});
