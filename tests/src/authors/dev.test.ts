import { TestSite, type TestPerson, until } from "@jinshui/testing";
import test, { type ExecutionContext } from "ava";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { command, folderFor, following, linkModules } from "./own-folder.js";

/** A running site that has a plugin somebody works on with `dev`. */
async function development(t: ExecutionContext, ...args: string[]) {
  const folder = await folderFor(t);
  t.is((await command("create-plugin", folder, ...args)).code, 0);
  await linkModules(folder);
  const site = await TestSite.start({ plugins: [folder], movableClock: true });
  t.teardown(() => site.stop());
  const { said, child } = following(
    t,
    "dev",
    folder,
    "--site",
    site.url,
    "--user",
    "sunjie",
    "--bureau",
    "wuhu-county",
  );
  await until(() => said().includes("watching"), 40_000).catch((error: unknown) => {
    throw new Error(said(), { cause: error });
  });
  const change = async (file: string, from: string, to: string): Promise<void> => {
    const text = await readFile(join(folder, file), "utf8");
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
    await writeFile(join(folder, file), text.replace(from, to));
  };
  return { folder, site, said, child, change, kernel: site.kernelPid };
}

/** How long it takes until something holds, in words. */
async function timed(
  t: ExecutionContext,
  what: string,
  holds: () => Promise<boolean>,
  said: () => string,
): Promise<void> {
  const began = performance.now();
  await until(holds, 40_000).catch((error: unknown) => {
    throw new Error(said(), { cause: error });
  });
  t.log(`${what}: ${((performance.now() - began) / 1_000).toFixed(2)} s from the save to the new answer`);
}

const greeting = async (person: TestPerson): Promise<string> =>
  (await person.callPlugin<{ text: string }>("car-pool", "greet", { to: "李霞" })).text;

test("a saved change is answered by the running site, no request is lost on the way, and the kernel is not started again", async (t) => {
  const { site, said, change, kernel } = await development(t, "--records", "-", "--with", "service");
  const clerk = await site.signIn("chenxiao");
  t.is(await greeting(clerk), "李霞，您好！");
  let asking = true;
  const answers = new Set<string>();
  const failures: unknown[] = [];
  const crowd = Array.from({ length: 4 }, async () => {
    while (asking)
      await greeting(clerk).then(
        (text) => answers.add(text),
        (error: unknown) => failures.push(error),
      );
  });
  await change("src/car-pool.ts", "您好", "早上好");
  await timed(t, "service, under load", () => Promise.resolve(answers.has("李霞，早上好！")), said);
  asking = false;
  await Promise.all(crowd);
  t.deepEqual(failures, []);
  t.deepEqual([...answers], ["李霞，您好！", "李霞，早上好！"]);
  await change("src/car-pool.ts", "早上好", "晚上好");
  await timed(t, "service", async () => (await greeting(clerk)) === "李霞，晚上好！", said);
  await site.advance({ hours: 13 }); // the command's session is over
  await change("src/car-pool.ts", "晚上好", "你好");
  const later = await site.signIn("chenxiao");
  await timed(t, "after a session has ended", async () => (await greeting(later)) === "李霞，你好！", said);
  t.is(site.kernelPid, kernel);
  t.regex(said(), /car-pool: running after \d/);
});

test("a save that can't be compiled, does not fit or does not start is told, and what runs goes on", async (t) => {
  const { site, said, change } = await development(t, "--records", "-", "--with", "service");
  const clerk = await site.signIn("chenxiao");
  const [original, broken] = ["Promise.resolve({ text:", "Promise.resolve({ txt:"];
  await change("src/car-pool.ts", original, broken);
  await until(() => said().includes("tsc failed; the site keeps the last version"), 40_000);
  t.regex(said(), /src\/car-pool\.ts.*error TS/, said());
  t.is(await greeting(clerk), "李霞，您好！");
  await change("src/car-pool.ts", broken, original);
  const renewed = (): number => said().match(/car-pool: running after/g)?.length ?? 0;
  const before = renewed();
  await until(() => renewed() > before, 40_000);

  await change("package.json", '"greet": {', '"welcome": {');
  await until(() => said().includes("put this right first"), 40_000);
  t.regex(said(), /package\.json:\d+: the manifest names the operation "welcome", but no method has @op\("welcome"\)/);
  t.regex(said(), /src\/car-pool\.ts:\d+: @op\("greet"\) is not in the manifest/);
  await change("package.json", '"welcome": {', '"greet": {');

  await change("src/main.ts", "await runPlugin", 'throw new Error("我起不来");\nawait runPlugin');
  await until(() => said().includes("我起不来") && said().includes("car-pool was not taken"), 40_000);
  t.regex(said(), /car-pool was not taken, the site keeps the last version/);
  t.is(await greeting(clerk), "李霞，您好！");
  await change("src/main.ts", 'throw new Error("我起不来");\n', "");

  await change(
    "src/car-pool.ts",
    "return Promise",
    'if (to === "谁") throw new TypeError("没有这个人");\n    return Promise',
  );
  await until(async () => {
    await clerk.callPlugin("car-pool", "greet", { to: "谁" }).catch(() => undefined);
    return said().includes("没有这个人");
  }, 40_000);
  t.regex(said(), /operation failed\n {2}TypeError: 没有这个人\n\s+at CarPool\.greet/);
});

test("forms, processes and collections are taken too", async (t) => {
  const { site, said, change } = await development(t, "--records", "车辆", "--with", "process");
  const { storageApi, workflowApi } = await import("@jinshui/contracts");
  const chief = await site.signIn("wanggang");
  const plate = '"plate": { "type": "string", "title": { "zh-CN": "车牌" } },\n    "remark": {';
  await change("collections/item.json", '"remark": {', plate);
  const entering = (): Promise<unknown> =>
    chief
      .client(storageApi)
      .insert({ collection: "car-pool.item", values: { code: "1", name: "车", plate: "皖B00001" } });
  await timed(t, "collection", () => entering().then(() => true), said);
  await change("processes/car-pool-request.bpmn", 'name="申请车辆"', 'name="申请用车"');
  const titles = async (): Promise<(string | undefined)[]> =>
    (await chief.client(workflowApi).definitions({})).definitions.map(({ title }) => title["zh-CN"]);
  await timed(t, "process", async () => (await titles()).includes("申请用车"), said);
  await change("forms/request.json", '"maxLength": 60', '"maxLength": 2');
  const definition = async (): Promise<string> =>
    (await chief.client(workflowApi).definitions({})).definitions.find(({ key }) => key === "car-pool-request")?.id ??
    "";
  const refused = async (): Promise<boolean> =>
    chief
      .client(workflowApi)
      .start({ definition: await definition(), values: { name: "三个字", reason: "工作" } })
      .then(
        () => false,
        () => true,
      );
  await timed(t, "form", refused, said);
});
