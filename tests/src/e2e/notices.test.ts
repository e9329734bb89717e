import { authApi, organisationApi } from "@jinshui/contracts";
import test from "ava";
import type { Locator, Page } from "playwright-core";
import { seriousViolations, shot, siteWithBrowser } from "./browser.js";

const on = siteWithBrowser();

const notices = (page: Page): Locator => page.locator("ji-top-bar").getByRole("button", { name: /^通知/ });

test("a request is a notice to those who may decide on it and nobody else, until somebody has", async (t) => {
  const administrator = await on.site.signIn("sunjie");
  const keeper = administrator.client(organisationApi);
  const [guardian] = (await administrator.client(authApi).people({ search: "qianli" })).people;
  const [clerk] = (await administrator.client(authApi).people({ search: "hanbo" })).people;
  const [guard, asker] = [await on.browser.signIn("qianli"), await on.browser.signIn("sunjie")];
  t.is(await notices(guard).innerText(), "通知");
  const ask = { position: "reception", department: "office", reason: "轮岗" };
  const own = await keeper.proposeHolding({ ...ask, person: guardian?.id ?? "" });
  const { change } = await keeper.proposeHolding({ ...ask, person: clerk?.id ?? "" });
  await guard.locator("ji-top-bar .count", { hasText: /^1$/ }).waitFor();
  await notices(asker).click();
  await asker.locator("ji-top-bar .panel").waitFor();
  t.is(await asker.getByRole("button", { name: /待审核/ }).count(), 0, "not who asked");
  await notices(guard).click();
  const notice = guard.getByRole("button", { name: /待审核：孙洁提出的申请.*韩波/ });
  await notice.waitFor();
  t.deepEqual(await seriousViolations(guard), []);
  await shot(guard, "change-notice");
  await notice.click();
  await guard.getByRole("heading", { name: "授权审核" }).waitFor();
  const decider = (await on.site.signIn("qianli")).client(organisationApi);
  await decider.decideChange({ change, approve: false, reason: "不妥" });
  await guard.locator("ji-top-bar .count").waitFor({ state: "detached" });
  await keeper.withdrawChange(own);
  for (const page of [guard, asker]) await page.context().close();
});

test("the panels of the top bar are whole on a phone", async (t) => {
  const page = await on.browser.signIn("qianli", undefined, { width: 390, height: 720 });
  for (const button of [notices(page), page.locator("ji-top-bar").getByRole("button", { name: /^钱力/ })]) {
    await button.click();
    const panel = page.locator("ji-top-bar .panel");
    const { x = -1, width = 999 } = (await panel.boundingBox()) ?? {};
    t.true(x >= 0 && x + width <= 390, `from ${x}, ${width} wide`);
    await shot(page, `panel-phone-${await panel.getAttribute("aria-label")}`);
    await button.click();
  }
  await page.context().close();
});
