import test from "ava";
import { seriousViolations, shot, siteWithBrowser } from "./browser.js";

const on = siteWithBrowser();

/** Three steps of whoever starts it. */
const MODEL = `<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:jinshui="http://jinshui.cn/schema/bpmn/1.0" targetNamespace="t"><process id="three" name="三步办理">
<startEvent id="s" name="申请"/><userTask id="a" name="登记" jinshui:assign="applicant"/><userTask id="b" name="核实" jinshui:assign="applicant"/><endEvent id="e" name="办结"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="b"/><sequenceFlow id="f3" sourceRef="b" targetRef="e"/></process>
<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="three">${["s", "a", "b", "e"]
  .map(
    (id, index) =>
      `<bpmndi:BPMNShape bpmnElement="${id}"><dc:Bounds x="${150 * index}" y="${id.length}" width="${"se".includes(id) ? 36 : 100}" height="${"se".includes(id) ? 36 : 80}"/></bpmndi:BPMNShape>`,
  )
  .join("")}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>`;

test("an administrator stops a matter and lets it go on; its life is replayed by the engine in the page", async (t) => {
  const page = await on.browser.signIn("sunjie");
  await page.goto(`${on.site.url}/processes`);
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "three.bpmn", mimeType: "text/xml", buffer: Buffer.from(MODEL) });
  await page.getByRole("button", { name: "部署" }).click();
  await page.getByRole("link", { name: "发起", exact: true }).click();
  await page.getByRole("button", { name: "提交" }).click();
  await page.waitForSelector("ji-instance-page");
  const matter = page.url();
  const finish = async (step: string): Promise<void> => {
    await page.goto(matter);
    await page.getByRole("main").getByRole("link", { name: step }).click();
    await page.getByRole("button", { name: "办结" }).click();
  };

  await page.getByText("暂停办理").first().click();
  await page.getByLabel("暂停原因").fill("核对是否重复办理");
  await page.getByRole("button", { name: "暂停办理" }).click();
  await page.getByText("管理员已暂停此事项").waitFor();
  await shot(page, "matter-suspended");
  t.deepEqual(await seriousViolations(page), []);
  await finish("登记");
  await page.getByText("此办件已由管理员暂停").waitFor();
  await page.goto(matter);
  await page.getByRole("button", { name: "恢复办理" }).click();
  await page.getByText("管理员已暂停此事项").waitFor({ state: "detached" });

  await page.getByText("跳转到其他环节").click();
  await page.getByLabel(/^跳转到/).selectOption({ label: "核实" });
  await page.getByText("结束：登记（其待办一并取消）").waitFor();
  await page.getByText("开始：核实").waitFor();
  await page.getByLabel("跳转原因").fill("登记已在别处办过");
  await shot(page, "matter-jump");
  t.deepEqual(await seriousViolations(page), []);
  await page.getByRole("button", { name: "跳转", exact: true }).click();
  await page.getByRole("dialog").getByText("确定结束“登记”，跳转到“核实”吗").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "跳转" }).click();
  await page.getByText("登记已在别处办过").waitFor();
  await page.getByText("跳转到其他环节").click();
  await page.getByLabel(/^跳转到/).selectOption({ label: "登记" });
  await page.getByLabel("跳转原因").fill("还是要登记");
  await page.getByRole("button", { name: "跳转", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "跳转" }).click();
  await page.getByText("还是要登记").waitFor();
  for (const step of ["登记", "核实"]) {
    await finish(step);
    await page.getByRole("status").getByText("已办理：").waitFor();
  }

  await page.goto(matter);
  await page.getByRole("link", { name: "回放办理过程" }).click();
  await page.getByRole("heading", { name: "回放：三步办理" }).waitFor();
  await page.getByText(/^第 7 步，共 7 步/).waitFor();
  await page.getByRole("button", { name: "上一步" }).click();
  await page.getByText(/^第 6 步，共 7 步/).waitFor();
  await page.locator(".djs-element.active[data-element-id=b]").waitFor();
  await page.getByRole("slider").focus();
  await page.keyboard.press("Home");
  await page.getByText(/^第 1 步，共 7 步/).waitFor();
  await page.locator(".djs-element.active[data-element-id=a]").waitFor();
  await shot(page, "matter-replay");
  t.deepEqual(await seriousViolations(page), []);
  await page.setViewportSize({ width: 360, height: 740 });
  t.true((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
  await shot(page, "matter-replay-phone");
  t.deepEqual(on.browser.complaints, []);
});
