import { authApi, HTTP_ROOT, organisationApi } from "@jinshui/contracts";
import test from "ava";
import { seriousViolations, shot, siteWithBrowser } from "./browser.js";

const on = siteWithBrowser();
const PASSWORD = "Kuai3-Shan7-Mo9x-Teng";

test("somebody without a position hears why there is nothing to do, and whom to ask", async (t) => {
  const administrator = await on.site.signIn("sunjie");
  const [department] = (await administrator.client(authApi).departments({})).departments;
  const { password } = await administrator
    .client(organisationApi)
    .addPerson({ username: "xinren", name: "新人", department: department?.id ?? "" });
  const chosen = await fetch(`${on.site.url}${HTTP_ROOT}/session`, {
    method: "POST",
    headers: { "x-jinshui": "1", "content-type": "application/json" },
    body: JSON.stringify({ username: "xinren", password, newPassword: PASSWORD }),
  });
  t.is(chosen.status, 200, await chosen.text());
  const page = await on.browser.signIn("xinren", PASSWORD);
  await page.getByText("您还没有岗位").waitFor();
  await page.getByText(/请联系系统管理员/).waitFor();
  await shot(page, "newcomer");
  t.deepEqual(await seriousViolations(page), []);
  for (const [path, said] of [
    ["/start", "发起事项"],
    ["/p/asset-tracking/equipment", "或您的岗位没有此项权限"],
    ["/plugins", "如工作需要，请联系系统管理员"],
  ] as const) {
    await page.goto(on.site.url + path);
    await page.locator("main").getByText(said).first().waitFor();
    await shot(page, `newcomer${path.replaceAll("/", "-")}`);
  }
  t.deepEqual(on.browser.complaints, []);
});
