import {
  PACKAGE_ROOT,
  type PackageSignature,
  PluginPackage,
  SIGNATURE_FILE,
  signatureFileText,
  signedText,
} from "@jinshui/contracts";
import { problems } from "@jinshui/contracts/validate";
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { extract } from "tar";
import { readArguments } from "../arguments.js";
import { t } from "../texts.js";
import { UsageError } from "../usage-error.js";
import { tellFile } from "./pack.js";
import { filesBelow, writePackage } from "./write-package.js";

/** `keys create-plugin-key`: a key pair for packages; prints what the site's configuration needs. */
export function createPluginKey(args: string[]): Promise<number> {
  const { words } = readArguments(args, {});
  const [out] = words;
  if (out === undefined) throw new UsageError("Where to? Name the file of the private key");
  const file = resolve(out);
  if (existsSync(file)) throw new UsageError(`${file} is there already; a key is never overwritten`);
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const pem = publicKey.export({ type: "spki", format: "pem" }) as string;
  writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600, flag: "wx" });
  writeFileSync(`${file}.pub`, pem);
  const indented = pem.trim().replaceAll("\n", "\n        ");
  process.stdout.write(
    `${file}: the private key; keep it off the sites\n${file}.pub: the public key\n\nconfigs/base.yaml of a site that shall trust it:\n` +
      `pluginPackages:\n  keys:\n    - id: ${keyIdOf(publicKey)}\n      title: { zh-CN: 签名者名称 }\n      publicKey: |\n        ${indented}\n`,
  );
  return Promise.resolve(0);
}

/** `sign`: puts a signature over all files into a package, instead of the one it has. */
export async function signPackage(args: string[]): Promise<number> {
  const { words, values } = readArguments(args, { key: { type: "string" } });
  const [archive] = words;
  if (archive === undefined) throw new UsageError(t("package.which"));
  if (!existsSync(archive)) throw new UsageError(t("process.missing", { file: archive }));
  if (values["key"] === undefined) throw new UsageError("Signed with what? Name the private key with --key");
  const key = readKey(values["key"]);
  const staging = mkdtempSync(join(tmpdir(), "jinshui-sign-"));
  try {
    await extract({ file: archive, cwd: staging, strict: true });
    const root = join(staging, PACKAGE_ROOT);
    rmSync(join(root, SIGNATURE_FILE), { force: true });
    writeFileSync(join(root, SIGNATURE_FILE), signatureFileText(signatureOver(root, key)));
    const target = resolve(archive);
    await writePackage(root, `${target}.signing`);
    renameSync(`${target}.signing`, target);
    tellFile(target);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return 0;
}

function signatureOver(root: string, key: KeyObject): PackageSignature {
  const file = join(root, "package.json");
  const manifest: unknown = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  if (problems(PluginPackage, manifest).length > 0)
    throw new UsageError("This is no package of a plugin; make it with pack");
  const { version, jinshui } = manifest as PluginPackage;
  const content: Omit<PackageSignature, "signature"> = {
    schema: 1,
    plugin: jinshui.id,
    version,
    files: Object.fromEntries(filesBelow(root).map((path) => [path, sha256(readFileSync(join(root, path)))])),
    keyId: keyIdOf(createPublicKey(key)),
    algorithm: "Ed25519",
    signedAt: new Date().toISOString(),
  };
  return { ...content, signature: sign(undefined, Buffer.from(signedText(content)), key).toString("base64") };
}

function readKey(file: string): KeyObject {
  try {
    const key = createPrivateKey(readFileSync(file));
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // told below
  }
  throw new UsageError(`${file} is no private Ed25519 key in PEM; make one with "keys create-plugin-key"`);
}

function keyIdOf(publicKey: KeyObject): string {
  return sha256(publicKey.export({ type: "spki", format: "der" })).slice(0, 16);
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
