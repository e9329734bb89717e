import { type PackageSignature, SIGNATURE_FILE, signatureFileText, signedText } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import { createHash, createPublicKey, verify } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extract, list } from "tar";
import { main } from "../main.js";

function folderFor(t: ExecutionContext): string {
  const root = mkdtempSync(join(tmpdir(), "jinshui-pack-"));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

/** A plugin whose manifest names every kind of folder. */
function writeWhole(root: string): string {
  const folder = join(root, "lists");
  const title = { "zh-CN": "名单" };
  const manifest = {
    id: "lists",
    schema: 1,
    title,
    requires: { apis: {} },
    server: { main: "dist/main.js" },
    web: { module: "./pages/index.js" },
    grants: { apis: [] },
    provides: { ops: { count: { v: 1, input: "shapes/in.json", output: "shapes/out.json", effect: "read" } } },
    contributes: { formats: "formats/", locales: "./locales", forms: "forms/" },
  };
  const files: Record<string, string> = {
    "package.json": JSON.stringify({
      name: "@x/lists",
      version: "1.0.0",
      dependencies: { left: "^1.0.0", "@jinshui/plugin": "*" },
      files: ["dist", "templates", "!dist/**/*.test.*"],
      jinshui: manifest,
    }),
    "dist/main.js": "",
    "dist/main.test.js": "",
    "dist/main.js.map": "",
    "pages/index.js": "",
    "pages/part.js": "",
    "shapes/in.json": "{}",
    "shapes/out.json": "{}",
    "formats/code.json": JSON.stringify({
      name: "code",
      title,
      pattern: { source: "[0-9]+", message: title },
      example: "12",
    }),
    "forms/ask.json": JSON.stringify({ type: "default", id: "ask", components: [] }),
    "locales/en.js": "",
    "templates/letter.txt": "",
    "src/main.ts": 'import { op } from "@jinshui/plugin";\nop("count");\n',
    "secret.env": "",
    "node_modules/left/package.json": JSON.stringify({
      name: "left",
      version: "1.2.3",
      license: "MIT",
      dependencies: { right: "*" },
    }),
    "node_modules/left/node_modules/right/package.json": JSON.stringify({
      name: "@y/right",
      version: "0.1.0",
      license: "ISC",
    }),
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, file, ".."), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

async function namesIn(file: string): Promise<string[]> {
  const names: string[] = [];
  await list({ file, onReadEntry: ({ path }) => void names.push(path) });
  return names;
}

const sha256 = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

test("a package has everything that the manifest names, and nothing that serves its writers only", async (t) => {
  const root = folderFor(t);
  t.is(await main(["pack", writeWhole(root), "--out", root]), 0);
  t.deepEqual(
    await namesIn(join(root, "lists-1.0.0.tgz")),
    [
      "dist/main.js",
      "formats/code.json",
      "forms/ask.json",
      "locales/en.js",
      "package.json",
      "pages/index.js",
      "pages/part.js",
      "sbom.cdx.json",
      "shapes/in.json",
      "shapes/out.json",
      "templates/letter.txt",
    ].map((path) => `package/${path}`),
  );
});

test("packed again, by another and at another time, it is the same to the byte", async (t) => {
  const root = folderFor(t);
  const folder = writeWhole(root);
  await main(["pack", folder, "--out", join(root, "a")]);
  const elsewhere = join(root, "copy");
  cpSync(folder, elsewhere, { recursive: true });
  utimesSync(join(elsewhere, "package.json"), 1, 1);
  await main(["pack", elsewhere, "--out", join(root, "b")]);
  t.is(sha256(join(root, "a/lists-1.0.0.tgz")), sha256(join(root, "b/lists-1.0.0.tgz")));
});

test("what it brings along of others is listed, but not what every site has", async (t) => {
  const root = folderFor(t);
  await main(["pack", writeWhole(root), "--out", root]);
  await extract({ file: join(root, "lists-1.0.0.tgz"), cwd: root });
  const sbom = JSON.parse(readFileSync(join(root, "package/sbom.cdx.json"), "utf8")) as {
    specVersion: string;
    components: { purl: string; licenses?: unknown }[];
  };
  t.is(sbom.specVersion, "1.6");
  t.deepEqual(
    sbom.components.map(({ purl, licenses }) => [purl, licenses]),
    [
      ["pkg:npm/%40y/right@0.1.0", [{ expression: "ISC" }]],
      ["pkg:npm/left@1.2.3", [{ expression: "MIT" }]],
    ],
  );
});

test("a signature is over every file and can be checked with the public key alone; signing again replaces it", async (t) => {
  const root = folderFor(t);
  const [archive, key] = [join(root, "lists-1.0.0.tgz"), join(root, "key.pem")];
  await main(["pack", writeWhole(root), "--out", root]);
  t.is(await main(["keys", "create-plugin-key", key]), 0);
  t.is(statSync(key).mode & 0o077, 0, "for its owner only");
  t.is(await main(["keys", "create-plugin-key", key]), 2, "a key is never overwritten");
  t.is(await main(["sign", archive]), 2, "with nothing");
  t.is(await main(["sign", archive, "--key", `${key}.pub`]), 2, "with the public key");
  for (const turn of ["first", "again"]) {
    t.is(await main(["sign", archive, "--key", key]), 0, turn);
    rmSync(join(root, "package"), { recursive: true, force: true });
    await extract({ file: archive, cwd: root });
    const text = readFileSync(join(root, "package", SIGNATURE_FILE), "utf8");
    const signature = JSON.parse(text) as PackageSignature;
    t.is(text, signatureFileText(signature));
    const names = (await namesIn(archive)).map((path) => path.replace("package/", ""));
    t.deepEqual(Object.keys(signature.files), names.filter((path) => path !== SIGNATURE_FILE).sort());
    t.is(signature.files["pages/index.js"], sha256(join(root, "package/pages/index.js")));
    const publicKey = createPublicKey(readFileSync(`${key}.pub`));
    const der = publicKey.export({ type: "spki", format: "der" });
    t.is(signature.keyId, createHash("sha256").update(der).digest("hex").slice(0, 16));
    t.true(
      verify(undefined, Buffer.from(signedText(signature)), publicKey, Buffer.from(signature.signature, "base64")),
    );
  }
});
