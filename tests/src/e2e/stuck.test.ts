import test from "ava";
import { seriousViolations, shot, siteWithBrowser } from "./browser.js";

const on = siteWithBrowser();

/** Two side by side, of whom the second may leave the first waiting at the join for ever. */
const MODEL = `<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><process id="joint" name="联合核查">
<startEvent id="s" name="申请"/><parallelGateway id="f" name="分派"/><userTask id="a" name="查账"/><userTask id="b" name="实地核查"/><exclusiveGateway id="x" name="是否一致" default="x-n"/><parallelGateway id="j" name="汇总"/><endEvent id="e" name="办结"/><endEvent id="n" name="不再核查"/>
<sequenceFlow id="s-f" sourceRef="s" targetRef="f"/><sequenceFlow id="f-a" sourceRef="f" targetRef="a"/><sequenceFlow id="f-b" sourceRef="f" targetRef="b"/><sequenceFlow id="a-j" sourceRef="a" targetRef="j"/><sequenceFlow id="b-x" sourceRef="b" targetRef="x"/>
<sequenceFlow id="x-j" sourceRef="x" targetRef="j"><conditionExpression>steps.b.opinion = "一致"</conditionExpression></sequenceFlow><sequenceFlow id="x-n" sourceRef="x" targetRef="n"/><sequenceFlow id="j-e" sourceRef="j" targetRef="e"/>
</process></definitions>`;

test("a matter that can't go on says why in words, leads to one's own steps before, and is ended with a reason", async (t) => {
  const page = await on.browser.signIn("sunjie");
  await page.goto(`${on.site.url}/processes`);
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "joint.bpmn", mimeType: "text/xml", buffer: Buffer.from(MODEL) });
  await page.getByRole("button", { name: "部署" }).click();
  await page.getByRole("link", { name: "发起", exact: true }).click();
  await page.getByRole("button", { name: "提交" }).click();
  await page.waitForSelector("ji-instance-page");
  const matter = page.url();
  for (const step of ["查账", "实地核查"]) {
    await page.getByRole("main").getByRole("link", { name: step }).click();
    await page.getByRole("button", { name: "办结" }).click();
    await page.getByRole("status").getByText("已办理：").waitFor();
    await shot(page, `done-${step}`);
    await page.goto(matter);
    await page.waitForSelector("ji-instance-page h1");
  }
  await page.getByText("「汇总」还在等其他分支，但已没有分支会到达").first().waitFor();
  t.is(await page.locator("details[open]").count(), 0, "the engine's own words are folded away");
  await shot(page, "stuck");
  t.deepEqual(await seriousViolations(page), []);

  await page.getByText("终止办件").first().click();
  await page.getByRole("button", { name: "终止办件" }).click();
  await page.getByText("请填写终止原因").waitFor();
  await page.getByLabel("终止原因").fill("核查范围有误，另行发起");
  await shot(page, "ending");
  await page.getByRole("button", { name: "终止办件" }).click();
  await page.getByText("已终止").first().waitFor();
  await page.getByText("核查范围有误，另行发起").waitFor();
  await shot(page, "ended");
  t.deepEqual(await seriousViolations(page), []);

  const clerk = await on.browser.signIn("chenxiao");
  await clerk.goto(`${on.site.url}/processes`);
  await clerk.getByText("您没有此项权限").waitFor();
  t.deepEqual(on.browser.complaints, []);
});
