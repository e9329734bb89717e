import { accountApi, organisationApi, storageApi } from "@jinshui/contracts";
import { TestSite } from "@jinshui/testing";
import test from "ava";
import { readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";

/** Every file below a folder that may hold text that people read: logs, and whatever lies beside them. */
async function texts(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && /\.(log|jsonl|txt|json)$/.test(entry.name)) found.set(path, await readFile(path, "utf8"));
  }
  return found;
}

/** What a server answers to a request as it stands. */
function raw(site: TestSite, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(site.port, "127.0.0.1", () => socket.end(text));
    let answer = "";
    socket.setEncoding("utf8").on("data", (part: string) => (answer += part));
    socket.once("close", () => resolve(answer));
    socket.once("error", () => resolve(answer));
    socket.setTimeout(15_000, () => socket.destroy());
  });
}

// checklist: 31, 45
test("secrets of every kind get into no log, no audit entry and no answer, and what is typed forges no line", async (t) => {
  const site = await TestSite.start();
  t.teardown(() => site.stop());
  const secrets = new Map<string, string>();
  const secret = (kind: string, value: string): string => {
    secrets.set(kind, value);
    return value;
  };
  const forged = '\r\n{"level":60,"time":0,"msg":"forged-line"}\r\n';
  const wrong = secret("a password that is wrong", "Kanarie-7-falsch-geheim");
  await site.signIn("chenxiao", wrong).catch(() => undefined);
  await site.signIn(`chenxiao${forged}`, secret("of nobody", "Kanarie-8-niemand")).catch(() => undefined);

  const administrator = await site.signIn("sunjie");
  const { password } = await administrator
    .client(organisationApi)
    .addPerson({ username: "kanarie", name: "金丝雀", department: "office" });
  secret("a one-time password", password);
  const person = await site.signIn("chenxiao");
  const account = person.client(accountApi);
  await account.changePassword({
    password: "jinshui-demo-2005",
    newPassword: secret("a new password", "Kanarie-9-neu-und-lang"),
  });
  const again = await site.signIn("chenxiao", "Kanarie-9-neu-und-lang");
  await again
    .client(accountApi)
    .beginTotp({})
    .then(
      (begun) => {
        const { uri } = begun as { uri?: string };
        const key = new URL(uri ?? "otpauth://totp/x").searchParams.get("secret");
        if (key) secret("an authenticator's key", key);
      },
      () => undefined,
    );
  // wherever a request has room for one
  const path = "/api/v1/collections/asset-tracking.equipment/records";
  await again.send("GET", `${path}?search=${secret("a search", "kanarie-search-text")}`);
  await again.send("POST", path, { values: { code: secret("a value that is refused", "kanarie-value-refused") } });
  await again.send("GET", "/api/v1/me", undefined, {
    authorization: `Bearer ${secret("a bearer", "kanarie.bearer.token")}`,
  });
  await again.send("GET", "/api/v1/me", undefined, {
    cookie: `jinshui=${secret("a cookie", "kanariecookie0123456789012345678901234567890")}`,
  });
  await again.send("GET", `/files/${secret("a ticket", "kanarieticket01234567890123456789012345678901")}/x.pdf`);
  await again.send("POST", path, { values: {} }, { "idempotency-key": secret("a key", "kanarie-idempotency-key") });

  // headers are ended by a line break, and answers by what they say of themselves
  const host = `127.0.0.1:${site.port}`;
  for (const request of [
    `GET /api/v1/me HTTP/1.1\r\nHost: ${host}\r\nX-Evil: a\nSet-Cookie: x=1\r\nConnection: close\r\n\r\n`,
    `GET /${encodeURIComponent("\r\nSet-Cookie: evil=1\r\n\r\n<b>")} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n`,
    `POST /api/v1/session HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\nGET /api/v1/me HTTP/1.1\r\n\r\n`,
  ]) {
    const answer = await raw(site, request);
    t.notRegex(answer, /set-cookie: (x|evil)=/i);
    t.notRegex(answer, /evil\.example/);
    t.true((answer.match(/^HTTP\/1\.1 /gm) ?? []).length <= 1, answer.slice(0, 200));
  }

  const { records } = await administrator.client(storageApi).find({ collection: "asset-tracking.equipment", limit: 1 });
  t.truthy(records);
  await site.kill();
  const found = await texts(site.data);
  found.set("what the kernel printed", site.output);
  t.true(
    [...found.values()].some((text) => text.includes('"level"')),
    "there is a log at all",
  );
  for (const [kind, value] of secrets)
    for (const [file, text] of found) t.false(text.includes(value), `${kind} in ${file}`);
  for (const [file, text] of found) {
    // nats-server writes lines of its own
    if (!file.endsWith(".log") || file.includes("nats")) continue;
    for (const line of text.split("\n").filter((one) => one !== "")) {
      const { msg } = JSON.parse(line) as { msg?: string };
      t.not(msg, "forged-line");
    }
  }
  t.log(`${secrets.size} secrets, ${found.size} files`);
});
