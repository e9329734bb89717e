import { supervisorApi } from "@jinshui/contracts";
import { type TestPerson, TestSite } from "@jinshui/testing";
import test from "ava";

let site: TestSite;
test.before("start a site", async () => {
  site = await TestSite.start();
});
test.after.always("stop it", () => site.stop());

/** Greets as the person would from the page. */
async function greet(
  person: TestPerson,
  to: unknown,
  key: string = crypto.randomUUID(),
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await person.send(
    "POST",
    "/api/v1/plugins/example-hello/ops/greet",
    { to },
    { "idempotency-key": key },
  );
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test.serial("a greeting is written and counted in the person's own bureau", async (t) => {
  const city = await site.signIn("sunjie");
  const county = await site.signIn("fc047");
  t.deepEqual(await greet(city, "李霞"), { status: 200, body: { text: "李霞，您好！", count: 1 } });
  t.like((await greet(city, "王刚")).body, { count: 2 });
  t.like((await greet(county, "秦斌")).body, { count: 1 });
});

test.serial("the same request sent twice greets once", async (t) => {
  const county = await site.signIn("fc047");
  await greet(county, "俞杰磊", "twice");
  t.deepEqual((await greet(county, "俞杰磊", "twice")).body["count"], 2);
});

test.serial("a greeting to nobody is refused, and a bureau without the plugin has none of it", async (t) => {
  t.like(await greet(await site.signIn("sunjie"), ""), { status: 400, body: { code: "invalid-request" } });
  const without = await site.signIn("nl059");
  t.like(await greet(without, "金敏"), { status: 404, body: { code: "not-enabled" } });
  const { plugins } = await without.client(supervisorApi).contributions({});
  t.false(plugins.some(({ id }) => id === "example-hello"));
});

test.serial("its page is in the menu, and its module is served to browsers; its server code is not", async (t) => {
  const person = await site.signIn("sunjie");
  const { plugins } = await person.client(supervisorApi).contributions({});
  const hello = plugins.find(({ id }) => id === "example-hello");
  t.like(hello, { state: "running", menu: [{ view: "hello" }] });
  const module = await person.send("GET", hello?.module ?? "");
  t.is(module.status, 200);
  t.regex(await module.text(), /export\s*\{[^}]*HelloPage/);
  t.is((await person.send("GET", "/plugins/example-hello/0.1.0/dist/main.js")).status, 404);
});
