import { openAuth } from "@jinshui/auth";
import { silent } from "@jinshui/bus";
import { AuditTrail, openDatabase } from "@jinshui/storage";
import test from "ava";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readConfiguration } from "../configuration.js";

const program = fileURLToPath(new URL("../operate.js", import.meta.url));
const PEOPLE = ["--system", "zhangsan:张三", "--security", "lisi:李四", "--audit", "wangwu:王五"];

const env = { ...process.env, LC_ALL: "C.UTF-8" };

function admin(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, "admin", ...args], { env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

// checklist: 1, 58
test("the first three administrators are made once, on a stopped site, with passwords that are printed only", async (t) => {
  const data = await mkdtemp(join(tmpdir(), "jinshui-admin-"));
  t.teardown(() => rm(data, { recursive: true, force: true }));
  t.like(await admin("create", "--data", data, ...PEOPLE.slice(2)), { code: 2 }, "all three, by name");
  await writeFile(join(data, "kernel.pid"), `${process.pid}\n`);
  const running = await admin("create", "--data", data, ...PEOPLE);
  t.is(running.code, 1);
  t.regex(running.err, /Another kernel/);
  await rm(join(data, "kernel.pid"));

  const made = await admin("create", "--data", data, ...PEOPLE);
  t.is(made.code, 0, made.err);
  const passwords = [...made.out.matchAll(/password\s+(\S+)/g)].map(([, password = ""]) => password);
  t.is(new Set(passwords).size, 3);
  t.deepEqual(made.out.match(/^\S.*$/gm), [
    "系统管理员  张三  zhangsan",
    "安全管理员  李四  lisi",
    "审计管理员  王五  wangwu",
  ]);
  const again = await admin("create", "--data", data, ...PEOPLE);
  t.deepEqual([again.code, again.out], [1, ""]);
  const reset = await admin("reset-password", "lisi", "--data", data);
  t.is(reset.code, 0, reset.err);
  const [, second = ""] = /password\s+(\S+)/.exec(reset.out) ?? [];
  t.is((await admin("reset-password", "nobody", "--data", data)).code, 1);

  const database = await openDatabase(`sqlite:${join(data, "site.sqlite")}`);
  t.teardown(() => database.close());
  const config = readConfiguration("configs", false);
  const trail = new AuditTrail(database, silent);
  const auth = await openAuth({ database, trail, config, keysFolder: join(data, "keys") });
  const signIn = (username: string, password: string): Promise<string[]> =>
    auth.handlers
      .signIn({ username, password, newPassword: "Kuai3-Shan7-Mo9x-Teng", address: "10.0.0.1" }, undefined as never)
      .then(
        ({ profile }) => profile.positions.map(({ id }) => id),
        (error: { code: string }) => [error.code],
      );
  t.deepEqual(await signIn("zhangsan", passwords[0] ?? ""), ["system-administrator"]);
  t.deepEqual(await signIn("lisi", passwords[1] ?? ""), ["sign-in-failed"]);
  t.deepEqual(await signIn("lisi", second), ["security-administrator"]);
  const log = await readFile(join(data, "kernel.log"), "utf8").catch(() => "");
  const kept = `${JSON.stringify(await database.find("audit_entry"))}${JSON.stringify(await database.find("audit_pending").catch(() => []))}${log}`;
  for (const password of [...passwords, second]) t.false(kept.includes(password));
});

test("clients are registered on a stopped site, with secrets that are printed once", async (t) => {
  const data = await mkdtemp(join(tmpdir(), "jinshui-admin-"));
  t.teardown(() => rm(data, { recursive: true, force: true }));
  const redirect = ["--redirect", "https://oa.example/callback"];
  t.like(await admin("client", "add", "oa", "--data", data, ...redirect), { code: 2 }, "without a title");
  t.like(await admin("client", "add", "OA!", "--title", "办公", "--data", data, ...redirect), { code: 1 });
  t.like(await admin("client", "add", "oa", "--title", "办公", "--redirect", "https://a/#b", "--data", data), {
    code: 1,
  });
  const made = await admin("client", "add", "oa", "--title", "办公", "--data", data, ...redirect);
  t.is(made.code, 0, made.err);
  t.regex(made.out, /secret, shown this once {2}[\w-]{43}\n$/);
  t.like(await admin("client", "add", "oa", "--title", "办公", "--data", data, ...redirect), { code: 1, out: "" });
  const scope = ["--scope", "storage:asset-tracking.view"];
  t.like(await admin("client", "add", "bi", "--title", "报表", "--data", data, ...scope), { code: 2 }, "of no bureau");
  const machine = await admin("client", "add", "bi", "--title", "报表", "--bureau", "wuhu", "--data", data, ...scope);
  t.is(machine.code, 0, machine.err);
  const listed = await admin("client", "list", "--data", data);
  t.is(listed.out, "bi  报表  wuhu  storage:asset-tracking.view\noa  办公  https://oa.example/callback\n");
  const renewed = await admin("client", "secret", "oa", "--data", data);
  t.notDeepEqual(renewed.out, made.out);
  t.like(await admin("client", "remove", "bi", "--data", data), { code: 0 });
  t.like(await admin("client", "secret", "bi", "--data", data), { code: 1, out: "" });
  t.like(await admin("rotate-keys", "--data", data), { code: 0 });
});
