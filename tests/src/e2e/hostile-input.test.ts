import { authApi, organisationApi, storageApi, workflowApi } from "@jinshui/contracts";
import test from "ava";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { shot, siteWithBrowser } from "./browser.js";

const on = siteWithBrowser();

/** Texts that run a script wherever they are taken for markup, a script, an address or a template. */
const TEXTS = [
  "<script>hit()</script>",
  "<img src=x onerror=hit()>",
  "<svg/onload=hit()>",
  "<svg><animate onbegin=hit() attributeName=x dur=1s>",
  "<iframe srcdoc='<script>parent.hit()</script>'>",
  "<details open ontoggle=hit()>",
  "<math><mtext><table><mglyph><style><img src=x onerror=hit()>",
  '"><script>hit()</script>',
  "' onmouseover=hit() autofocus onfocus=hit() x='",
  "javascript:hit()",
  "</textarea><script>hit()</script>",
  "</style><script>hit()</script>",
  "{{constructor.constructor('hit()')()}}",
  "${hit()}",
  '<!--<img src="--><img src=x onerror=hit()//">',
  "\u2028<img src=x onerror=hit()>",
  "&lt;img src=x onerror=hit()&gt;",
];
const collection = "asset-tracking.equipment";
const equipment = { category: "desktop", purchasedOn: "2005-03-01" };

// checklist: 35
test.serial("no text that people enter runs in anybody's page, wherever it is shown", async (t) => {
  const [keeper, clerk, chief, administrator] = await Promise.all(
    ["zhaomin", "chenxiao", "wanggang", "sunjie"].map((name) => on.site.signIn(name)),
  );
  if (!keeper || !clerk || !chief || !administrator) return t.fail();
  const records: string[] = [];
  for (const [index, text] of TEXTS.entries()) {
    const values = { ...equipment, code: `WX-2005-${String(index).padStart(5, "0")}`, name: text };
    const { id } = await keeper.client(storageApi).insert({ collection, values });
    records.push(id);
    await keeper.client(storageApi).update({ collection, id, version: 1, values: { remark: text } });
  }
  const { definitions } = await clerk.client(workflowApi).definitions({});
  const definition = definitions.find(({ key }) => key === "asset-requisition")?.id ?? "";
  const matters: string[] = [];
  for (const text of TEXTS.slice(0, 8)) {
    const { id } = await clerk
      .client(workflowApi)
      .start({ definition, values: { category: "desktop", reason: text, place: text.slice(0, 40) } });
    matters.push(id);
  }
  const { tasks } = await chief.client(workflowApi).tasks({ kind: "todo" });
  const [first] = tasks;
  await chief.client(workflowApi).complete({
    id: first?.id ?? "",
    version: first?.version ?? 1,
    action: "return",
    opinion: TEXTS.join("\n"),
    values: {},
  });
  await clerk.client(workflowApi).cancelInstance({ id: matters[1] ?? "", reason: TEXTS[1] ?? "" });
  const organisation = administrator.client(organisationApi);
  const text = TEXTS[1] ?? "";
  await organisation.setDepartment({ department: "odd", title: { "zh-CN": text.slice(0, 30), en: text.slice(0, 30) } });
  const { person } = await organisation.addPerson({ username: "odd", name: text, department: "odd" });
  await organisation.proposeHolding({ person, position: "clerk", department: "odd", reason: text });
  const { id: me } = await administrator.client(authApi).me({});
  t.truthy(me);

  const pages: [string, string[]][] = [
    [
      "zhaomin",
      [
        "/p/asset-tracking/equipment",
        `/p/asset-tracking/equipment?search=${encodeURIComponent(text)}`,
        ...records.map((id) => `/p/asset-tracking/equipment?record=${id}`),
        `/p/asset-tracking/equipment?record=${records[1] ?? ""}&tab=history`,
      ],
    ],
    ["wanggang", ["/", "/tasks", ...tasks.slice(0, 4).map(({ id }) => `/tasks/${id}`)]],
    ["chenxiao", ["/", "/mine", ...matters.map((id) => `/instances/${id}`), "/archives"]],
    [
      "sunjie",
      [
        "/p/positions/departments",
        "/p/positions/people",
        `/p/positions/people?person=${person}`,
        "/p/positions/changes",
      ],
    ],
    ["qianli", ["/p/positions/changes"]],
  ];
  let shown = 0;
  for (const [name, paths] of pages) {
    const page = await on.browser.signIn(name);
    await page.addInitScript("window.hits = 0; window.hit = () => { window.hits += 1; };");
    for (const path of paths) {
      await page.goto(on.site.url + path);
      await page
        .locator("h1, h2")
        .first()
        .waitFor()
        .catch((error: unknown) => t.fail(`${path}: ${String(error)}`));
      await page.waitForTimeout(400);
      // what waits for a pointer or the focus gets it
      await page.mouse.move(683, 384);
      for (let tabs = 0; tabs < 4; tabs += 1) await page.keyboard.press("Tab");
      t.is(await page.evaluate("window.hits"), 0, `${name} ${path}`);
      shown += 1;
    }
    await shot(page, `hostile-${name}`);
    await page.context().close();
  }
  t.log(`${TEXTS.length} texts on ${shown} pages`);
  t.deepEqual(on.browser.complaints, [], "and no policy had to stop one");
});

// checklist: 39
test.serial("another site can neither change something with a person's session nor show ours in a frame", async (t) => {
  const evil = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><body><iframe src="${on.site.url}/"></iframe>
      <form id="f" method="post" enctype="text/plain" action="${on.site.url}/api/v1/notices/read">
      <input name='{"ids":["x"],"a":"' value='"}'></form></body>`);
  });
  await new Promise<void>((resolve) => evil.listen(0, "127.0.0.1", resolve));
  t.teardown(() => evil.close());
  // the same host on another port is another origin, yet the same site: the cookie alone would go along
  const elsewhere = `http://127.0.0.1:${(evil.address() as AddressInfo).port}/`;
  const page = await on.browser.signIn("zhaomin");
  const { total: before } = await (await on.site.signIn("zhaomin")).client(storageApi).count({ collection });
  await page.goto(elsewhere);
  const statuses = await page.evaluate(
    async ({ url }) => {
      const body = JSON.stringify({
        values: { code: "WX-2005-99999", name: "x", category: "desktop", purchasedOn: "2005-03-01" },
      });
      const path = `${url}/api/v1/collections/asset-tracking.equipment/records`;
      const attempts: RequestInit[] = [
        { method: "POST", credentials: "include", mode: "no-cors", body, headers: { "content-type": "text/plain" } },
        {
          method: "POST",
          credentials: "include",
          body,
          headers: { "content-type": "application/json", "x-jinshui": "1" },
        },
        { method: "POST", credentials: "include", mode: "no-cors", body: new URLSearchParams({ values: body }) },
      ];
      const found: string[] = [];
      for (const attempt of attempts)
        found.push(
          await fetch(path, attempt).then(
            (answer) => `${answer.type} ${answer.status}`,
            () => "refused",
          ),
        );
      found.push(
        await fetch(`${url}/api/v1/me`, { credentials: "include" }).then(
          async (answer) => answer.text(),
          () => "refused",
        ),
      );
      return found;
    },
    { url: on.site.url },
  );
  t.is(statuses[1], "refused");
  t.is(statuses[3], "refused", "nothing can be read");
  const [frame] = page.frames().slice(1);
  t.regex(frame?.url() ?? "", /^chrome-error:/, "the frame stays empty");
  await Promise.all([
    page.waitForURL("**/api/v1/notices/read"),
    page.evaluate(() => (document.getElementById("f") as HTMLFormElement).submit()),
  ]);
  t.regex(await page.content(), /forbidden|403|invalid-request|来源/);
  t.is((await (await on.site.signIn("zhaomin")).client(storageApi).count({ collection })).total, before);
  await page.context().close();
});
