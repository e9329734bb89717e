import { isJinshuiError } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { ResolvedCall } from "../access.js";
import { CLAMD_LIMIT_BYTES, EICAR, startClamd, type TestClamd } from "../testing/clamd.js";
import { sqliteDatabase } from "../testing/databases.js";
import { testFiles } from "../testing/files.js";
import { zip } from "../testing/zip.js";
import { clamd, type Scan } from "./clamd.js";
import type { FileStore } from "./file-store.js";

const about = { name: "说明.txt", mediaType: "text/plain", bureau: "wuhu", actor: "u" };
const me: ResolvedCall = {
  actor: {
    id: "u",
    name: "u",
    bureau: "wuhu",
    department: "",
    departmentTitle: "",
    departments: [],
    positions: [],
    permissions: new Set(),
  },
};

/** Runs a test with a private clamd; left out, saying so, where there is none. */
function withClamd(title: string, run: (t: ExecutionContext, server: TestClamd) => Promise<void>): void {
  test(title, async (t) => {
    const server = await startClamd();
    if (!server) {
      t.log("skipped: clamav-daemon is not installed");
      t.pass();
      return;
    }
    t.teardown(() => server.close());
    await run(t, server);
  });
}

async function store(t: ExecutionContext, scan: Scan, required = true): Promise<{ files: FileStore; folder: string }> {
  const { database, close } = await sqliteDatabase();
  const folder = await mkdtemp(join(tmpdir(), "jinshui-files-"));
  const files = testFiles(database, folder, { scanner: { scan, required } });
  await files.start();
  t.teardown(async () => {
    await files.stop();
    await close();
    await rm(folder, { recursive: true, force: true });
  });
  return { files, folder };
}

async function code(t: ExecutionContext, call: Promise<unknown>): Promise<string> {
  const error = await t.throwsAsync(call);
  return isJinshuiError(error) ? error.code : String(error);
}

async function state(files: FileStore, file: string, wanted: string): Promise<string> {
  let found = "";
  for (let tries = 0; tries < 200 && found !== wanted; tries += 1) {
    found = (await files.read(file, "wuhu")).state;
    await sleep(50);
  }
  return found;
}

const text = (content: string | Buffer): Readable => Readable.from([Buffer.from(content)]);

// checklist: 40
withClamd(
  "a clean file is handed out at once; one with a virus never, and it is told, noted and out of the way",
  async (t, server) => {
    const { files, folder } = await store(t, clamd(server.address));
    const clean = await files.put(text("干净"), about);
    t.is(clean.state, "clean");
    const { url } = await files.claim(me, clean.file, "wuhu");
    const ticket = /\/files\/([^/]+)\//.exec(url)?.[1] ?? "";
    t.is((await buffer(await (await files.openWith(ticket)).content())).toString(), "干净");

    const bad = await files.put(text(EICAR), { ...about, name: "坏.txt" });
    t.is(bad.state, "infected");
    t.is(await code(t, files.claim(me, bad.file, "wuhu")), "file-infected");
    t.is(await code(t, files.contentFor(me, bad.file, "wuhu")), "file-infected");
    t.deepEqual(await readdir(join(folder, "quarantine")), [bad.sha256]);
    t.deepEqual(await readdir(join(folder, bad.sha256.slice(0, 2))).catch(() => []), []);
    t.like((await files.quarantine.list(["wuhu"], {})).files[0], {
      file: bad.file,
      name: "坏.txt",
      signature: "Eicar.Test.UNOFFICIAL",
      uploadedBy: "u",
    });
    const [event] = await files.database.find("outbox", { where: { subject: { contains: "file-infected" } } });
    t.like(event?.["body"], { data: { file: bad.file, name: "坏.txt", users: ["u"] } });
    t.is(await files.database.count("audit_entry", { action: "file.quarantine", resource: `file/${bad.file}` }), 1);

    t.is(
      await code(t, files.put(text(EICAR), about)),
      "file-infected",
      "the same content again is refused at the door",
    );
    const packed = await files.put(text(zip([{ name: "a.txt", content: EICAR, deflate: true }])), {
      ...about,
      name: "包.zip",
      mediaType: "",
    });
    t.is(packed.state, "infected");
  },
);

withClamd("while the scanner is away files come in and wait; when it is back they are let out", async (t, server) => {
  const { files } = await store(t, clamd(server.address));
  await server.stop();
  const { file, state: first } = await files.put(text("等待"), about);
  t.is(first, "pending");
  t.is(await code(t, files.claim(me, file, "wuhu")), "file-pending");
  const bad = await files.put(text(EICAR), about);
  await server.start();
  t.is(await state(files, file, "clean"), "clean");
  t.is(await state(files, bad.file, "infected"), "infected");
});

withClamd(
  "a content larger than the scanner takes waits where scanning is a must, and is marked elsewhere",
  async (t, server) => {
    const large = randomBytes(CLAMD_LIMIT_BYTES).toString("base64");
    const strict = await store(t, clamd(server.address));
    t.is((await strict.files.put(text(large), about)).state, "pending");
    const lenient = await store(t, clamd(server.address), false);
    t.is((await lenient.files.put(text(large), about)).state, "unscanned");
    t.is((await strict.files.put(text("小"), about)).state, "clean", "the next one does not wait for it");
  },
);

test("a site that would rather work unscanned does so until the scanner is back", async (t) => {
  let isDown = true;
  const scan: Scan = async (content) => {
    if (isDown) throw new Error("connect ECONNREFUSED");
    return (await buffer(content)).includes("坏") ? { found: "Test" } : "clean";
  };
  const { files } = await store(t, scan, false);
  const good = await files.put(text("好"), about);
  const bad = await files.put(text("坏"), about);
  t.is(await state(files, good.file, "unscanned"), "unscanned");
  t.is((await files.claim(me, good.file, "wuhu")).size, 3);
  isDown = false;
  t.is(await state(files, good.file, "clean"), "clean");
  t.is(await state(files, bad.file, "infected"), "infected");
});

test("files of the time before the scanner are scanned when it comes", async (t) => {
  const { database, close } = await sqliteDatabase();
  const folder = await mkdtemp(join(tmpdir(), "jinshui-files-"));
  const before = testFiles(database, folder);
  const { file, state: first } = await before.put(text("旧"), about);
  t.is(first, "unscanned");
  const after = testFiles(database, folder, { scanner: { scan: () => Promise.resolve("clean"), required: true } });
  t.is(await code(t, after.claim(me, file, "wuhu")), "file-pending");
  await after.start();
  t.is(await state(after, file, "clean"), "clean");
  await after.stop();
  await close();
  await rm(folder, { recursive: true, force: true });
});

test("a scanner that hangs up, or talks nonsense, has said nothing", async (t) => {
  for (const answer of ["", "stream: what?\0"]) {
    const server = createServer(
      (socket) => void socket.on("error", () => undefined).once("data", () => socket.end(answer)),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.teardown(() => server.close());
    const { port } = server.address() as { port: number };
    await t.throwsAsync(clamd(`127.0.0.1:${port}`)(text("x")), { message: /clamd|EPIPE|ECONNRESET/ });
  }
  await t.throwsAsync(clamd("/no/such/socket")(text("x")), { message: /ENOENT/ });
});
