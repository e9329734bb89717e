import { isJinshuiError, storageApi, supervisorApi, workflowApi } from "@jinshui/contracts";
import test from "ava";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { compile, files, siteWithExtras, writeExtras } from "./extras-site.js";
import { root } from "./site-files.js";

const { findProblems } = (await import(join(root, "sdk/cli/dist/commands/check.js"))) as {
  findProblems(folder: string): Promise<{ message: string }[]>;
};

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "ok",
    (error: unknown) => (isJinshuiError(error) ? error.code : String(error)),
  );

test("the page's plugins do what the page says", async (t) => {
  const { site, stop } = await siteWithExtras();
  t.teardown(stop);
  const administrator = (await site.signIn("sunjie")).client(supervisorApi);
  const clerk = await site.signIn("chenxiao");
  const place = { plugin: "reminders", bureau: "wuhu-county" };
  const due = async (): Promise<{ status: number; body: Record<string, unknown> }> => {
    const answer = await clerk.send("POST", "/api/v1/plugins/reminders/ops/due", {});
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  t.like(await due(), { status: 409, body: { code: "not-configured" } });

  // settings
  const token = "12345678";
  const values = { days: 3, kinds: ["证件"] };
  t.like(await administrator.setSettings({ ...place, version: 0, values, secrets: { token } }), { version: 1 });
  t.deepEqual(await due(), { status: 200, body: { count: 1, days: 3 } });
  await administrator.setSettings({ ...place, version: 1, values: { ...values, days: 30, tone: "urgent" } });
  t.deepEqual((await due()).body, { count: 3, days: 30 });

  // a schedule
  await administrator.runSchedule({ ...place, schedule: "check" });
  const notes = clerk.client(storageApi);
  for (
    const end = Date.now() + 15_000;
    (await notes.count({ collection: "reminders.note" })).total === 0;
    await sleep(50)
  )
    if (Date.now() > end) throw new Error("the schedule did nothing");
  const [note] = (await notes.find({ collection: "reminders.note" })).records;
  t.regex(String(note?.values["text"]), /^紧急：\d{4}-\d\d-\d\d 起 30 天内到期$/);
  const { schedules } = await administrator.schedules(place);
  t.like(schedules[0], { id: "check", cron: "0 8 * * 1-5" });
  t.regex(schedules[0]?.dueAt ?? "", /T00:00:00/, "eight o'clock in China");

  // what the shell draws, and for whom
  const contributed = async (username: string): Promise<unknown> => {
    const { plugins } = await (await site.signIn(username)).client(supervisorApi).contributions({});
    const { widgets = [], commands = [], taskForms } = plugins.find(({ id }) => id === "reminders") ?? {};
    return { widgets: widgets.map(({ id }) => id), commands: commands.map(({ id }) => id), taskForms };
  };
  const taskForms = [{ form: "ask", element: "AskForm" }];
  t.deepEqual(await contributed("chenxiao"), { widgets: ["due"], commands: ["notes", "ask", "count"], taskForms });
  const { definitions } = await clerk.client(workflowApi).definitions({ startable: true, limit: 100 });
  t.true(definitions.some(({ plugin, key }) => plugin === "reminders" && key === "ask"));

  // another plugin's entry, and its end
  const point = { plugin: "reminders", point: "sources" };
  const { entries } = await clerk.client(supervisorApi).contributed(point);
  t.deepEqual(
    entries.map(({ plugin, entry }) => [plugin, entry]),
    [["cards", { title: "证件到期", op: "expiring" }]],
  );
  await administrator.setEnabled({ plugin: "cards", bureau: "wuhu-county", enabled: false });
  t.deepEqual((await due()).body, { count: 0, days: 30 });
  t.is(await codeOf(clerk.client(supervisorApi).settings(place)), "forbidden");
});

test("the check finds nothing wrong with the page's plugins, and names what is made wrong in each part", async (t) => {
  const own = await mkdtemp(join(tmpdir(), "jinshui-extras-"));
  t.teardown(() => rm(own, { recursive: true, force: true }));
  await writeExtras(join(own, "right"));
  for (const id of ["reminders", "cards"]) t.deepEqual(await findProblems(join(own, "right", id)), [], id);
  const manifest = files.get("reminders/package.json") ?? "";
  const settings = files.get("reminders/schemas/settings.json") ?? "";
  const wrong: [string, Record<string, string>, RegExp][] = [
    [
      "a cron",
      { "reminders/package.json": manifest.replace("0 8 * * 1-5", "0 25 * * *") },
      /schedule "check" "0 25 \* \* \*"/,
    ],
    [
      "a view",
      {
        "reminders/package.json": manifest.replace(
          '"view": "notes" },\n        { "id": "ask"',
          '"view": "note" },\n        { "id": "ask"',
        ),
      },
      /command "notes" opens view "note", which is not there/,
    ],
    [
      "a process",
      { "reminders/package.json": manifest.replace('"process": "ask"', '"process": "answer"') },
      /starts process "answer", which is not there/,
    ],
    [
      "a form",
      { "reminders/package.json": manifest.replace('"form": "ask"', '"form": "answer"') },
      /task form "answer" draws a form that is not there/,
    ],
    [
      "a permission",
      {
        "reminders/package.json": manifest.replace(
          '"element": "DueCard", "permission": "reminders.use"',
          '"element": "DueCard", "permission": "reminders.see"',
        ),
      },
      /widget "due" asks for permission "reminders.see"/,
    ],
    [
      "a class",
      { "reminders/package.json": manifest.replace('"element": "DueCard"', '"element": "OtherCard"') },
      /exports no "OtherCard"/,
    ],
    [
      "a function",
      { "reminders/package.json": manifest.replace('"run": "showDue"', '"run": "showAll"') },
      /exports no "showAll"/,
    ],
    [
      "a handler",
      {
        "reminders/src/main.ts": (files.get("reminders/src/main.ts") ?? "").replace(
          '@schedule("check")',
          '@schedule("chek")',
        ),
      },
      /@schedule\("check"\)/,
    ],
    [
      "a setting",
      { "reminders/schemas/settings.json": settings.replace('"default": 7', '"default": 700') },
      /setting "days" has a default that does not fit/,
    ],
    [
      "a secret",
      { "reminders/schemas/settings.json": settings.replace('"minLength": 8,', '"default": "changeme",') },
      /setting "token" is a secret/,
    ],
    [
      "an entry",
      { "cards/package.json": (files.get("cards/package.json") ?? "").replace('"op": "expiring"', '"op": "expired"') },
      /names the operation "expired", which is not there/,
    ],
  ];
  for (const [what, change, expected] of wrong) {
    const [path = "", text = ""] = Object.entries(change)[0] ?? [];
    const [plugin = "", ...rest] = path.split("/");
    const folder = join(own, what.replace(" ", "-"));
    await cp(join(own, "right", plugin), folder, { recursive: true, verbatimSymlinks: true });
    await writeFile(join(folder, ...rest), text);
    if (path.endsWith(".ts")) await compile(folder);
    const found = await findProblems(folder);
    t.true(
      found.some(({ message }) => expected.test(message)),
      `${what}: ${JSON.stringify(found)}`,
    );
  }
});
