import test from "ava";
import type { Page } from "playwright-core";
import { seriousViolations, shot, siteWithBrowser } from "./browser.js";

const on = siteWithBrowser();

/** 登记, a day, then a step whose name the versions differ in. */
function model(last: string): string {
  const ids = ["s", "register", "day", "last", "e"];
  const flows = ids
    .slice(1)
    .map((id, index) => `<sequenceFlow id="f-${id}" sourceRef="${ids[index] ?? ""}" targetRef="${id}"/>`);
  const shapes = ids.map(
    (id, index) =>
      `<bpmndi:BPMNShape bpmnElement="${id}"><dc:Bounds x="${150 * index}" y="0" width="${id.length < 4 ? 36 : 100}" height="${id.length < 4 ? 36 : 80}"/></bpmndi:BPMNShape>`,
  );
  return `<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:jinshui="http://jinshui.cn/schema/bpmn/1.0" targetNamespace="t"><process id="seal-pilot" name="用印试点">
<startEvent id="s" name="申请"/><userTask id="register" name="登记" jinshui:position="business-expert" jinshui:actions="approve,return"/><intermediateCatchEvent id="day" name="次日"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></intermediateCatchEvent><userTask id="last" name="${last}" jinshui:assign="applicant" jinshui:actions="confirm"/><endEvent id="e" name="办结"/>${flows.join("")}</process>
<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="seal-pilot">${shapes.join("")}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>`;
}

async function draft(page: Page, last: string): Promise<void> {
  await page.goto(`${on.site.url}/processes`);
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "seal.bpmn", mimeType: "text/xml", buffer: Buffer.from(model(last)) });
  await page.getByRole("button", { name: "存为未发布版本" }).click();
  await page.getByText("已存为未发布版本").waitFor();
}

test("a new version is tried, kept as a scenario, replayed with the next one and released with a reason", async (t) => {
  const page = await on.browser.signIn("sunjie");
  await draft(page, "盖章");
  await page.getByRole("link", { name: "业务测试", exact: true }).last().click();
  await page.getByRole("heading", { name: "业务测试：用印试点" }).waitFor();
  await page.getByRole("button", { name: "开始试办" }).click();
  const step = page.getByRole("region", { name: "登记" });
  t.not(await step.getByLabel("由谁办理").inputValue(), "");
  await step.getByRole("button", { name: "退回" }).click();
  await page
    .getByText(/需要填写|意见|必填/)
    .first()
    .waitFor();
  t.is(await page.getByText("登记：退回").count(), 0, "sending back takes an opinion, as with a real one");
  await step.getByRole("button", { name: "同意" }).click();
  await page.locator(".djs-element.active[data-element-id=day]").waitFor();
  await shot(page, "trial-timer");
  await page.getByRole("button", { name: "时间到" }).click();
  await page.getByRole("region", { name: "盖章" }).waitFor();
  await page.getByRole("button", { name: "撤销上一步" }).click();
  await page.getByRole("button", { name: "时间到" }).click();
  await page.getByRole("region", { name: "盖章" }).getByRole("button", { name: "确认" }).click();
  await page.getByText("已到：办结").waitFor();
  await shot(page, "trial-ended");
  t.deepEqual(await seriousViolations(page), []);
  await page.getByLabel("场景名称").fill("顺利办结");
  await page.getByRole("button", { name: "保存为场景" }).click();
  await page.getByText("1 个一致，0 个不同").waitFor();
  await page.getByRole("button", { name: "发布这一版" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "发布这一版" }).click();
  await page.getByText("第 1 版已发布").waitFor();

  await draft(page, "用印");
  await page.goto(`${on.site.url}/trials`);
  const row = page.getByRole("row").filter({ hasText: "用印试点" }).filter({ hasText: "未发布" });
  await row.getByRole("link", { name: "业务测试 用印试点" }).click();
  await page.getByText("0 个一致，1 个不同").waitFor();
  await page.getByText("第 2 步“次日”之后：原来到“盖章”，现在到“用印”").waitFor();
  await shot(page, "trial-differs");
  t.deepEqual(await seriousViolations(page), []);
  await page.setViewportSize({ width: 360, height: 740 });
  await shot(page, "trial-phone");
  t.true((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.getByRole("button", { name: "发布这一版" }).click();
  t.is(await page.getByRole("dialog").count(), 0, "not without a reason");
  await page.getByLabel("场景有不同，仍要发布的原因").fill("环节更名");
  await page.getByRole("button", { name: "发布这一版" }).click();
  await page.getByRole("dialog").getByText("0 个场景一致，1 个不同").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "发布这一版" }).click();
  await page.getByText("第 2 版已发布").waitFor();
  t.deepEqual(on.browser.complaints, []);
});

test("who knows the business tries processes and releases none", async (t) => {
  const page = await on.browser.signIn("sj096");
  await page.goto(`${on.site.url}/trials`);
  await page
    .getByRole("link", { name: /^业务测试 / })
    .first()
    .click();
  await page.getByRole("button", { name: "开始试办" }).waitFor();
  t.is(await page.getByRole("button", { name: "发布这一版" }).count(), 0);
  t.is(await page.getByRole("link", { name: "流程管理" }).count(), 0);
  t.deepEqual(await seriousViolations(page), []);
  t.deepEqual(on.browser.complaints, []);
});
