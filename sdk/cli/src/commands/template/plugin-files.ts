import { manifestOf } from "./manifest.js";
import { json, packageJson, type Place, type TemplateOptions } from "./options.js";
import { pageFiles } from "./page.js";
import { processFiles } from "./process.js";
import { serviceFiles } from "./service.js";
import { testFile } from "./test-file.js";

/** The files of a new plugin by path. */
export function pluginFiles(options: TemplateOptions, place: Place): Record<string, string> {
  const { records, parts } = options;
  const page = parts.has("page");
  return {
    "package.json": packageJson(packageOf(options, place)),
    "tsconfig.json": json({
      ...place.compiler.service,
      include: ["src"],
      ...place.references(["contracts", ...(parts.has("service") ? ["plugin"] : []), "testing"], "../.."),
    }),
    "ava.config.js": AVA,
    [`src/${options.id}.test.ts`]: testFile(options),
    ...(records === undefined ? {} : { "collections/item.json": json(collectionOf(options.id, records)) }),
    ...(parts.has("process") ? processFiles(options) : {}),
    ...(parts.has("service") ? serviceFiles(options) : {}),
    ...(page
      ? {
          ...pageFiles(options),
          "web/tsconfig.json": json({
            ...place.compiler.page,
            include: ["."],
            ...place.references(["web"], "../../.."),
          }),
        }
      : {}),
    "README.md": readmeOf(options),
    "CHANGELOG.md": "# Changelog\n\n## 0.1.0\n- First version.\n",
    ...place.files,
  };
}

const AVA = `/** Tests run from what \`npm run build\` has made of them. */
export default { files: ["dist/**/*.test.js"], timeout: "2m" };
`;

function packageOf(options: TemplateOptions, { prefix, versionOf, tools }: Place): object {
  const { id, title, parts } = options;
  const page = parts.has("page");
  const sdk = (...names: string[]): Record<string, string> =>
    Object.fromEntries(names.map((name) => [`@jinshui/${name}`, versionOf(name)]));
  const { lit, vite, ...always } = { lit: "3.3.3", vite: "8.3.8", ...tools };
  const devDependencies = {
    ...sdk(...(parts.has("service") ? [] : ["contracts"]), "testing", ...(page ? ["web"] : [])),
    ...always,
    ...(page ? { lit, vite } : {}),
  };
  return {
    name: `${prefix}${id}`,
    version: "0.1.0",
    description: title,
    license: "Apache-2.0",
    private: true,
    type: "module",
    files: ["dist", "collections", "processes", "forms", "schemas", "CHANGELOG.md"],
    scripts: {
      build: ["tsc -b", ...(page ? ["tsc -b web", "vite build"] : [])].join(" && "),
      ...(page ? { "build:web": "vite build" } : {}),
      test: "npm run build && ava",
    },
    ...(parts.has("service") ? { dependencies: sdk("contracts", "plugin") } : {}),
    devDependencies,
    jinshui: manifestOf(options),
  };
}

function collectionOf(id: string, records: string): object {
  return {
    name: "item",
    title: { "zh-CN": records, en: records },
    fields: {
      code: { type: "string", title: { "zh-CN": "编号", en: "Code" }, required: true, maxLength: 60 },
      name: { type: "string", title: { "zh-CN": "名称", en: "Name" }, required: true, maxLength: 60 },
      remark: { type: "text", title: { "zh-CN": "备注", en: "Remark" } },
    },
    unique: [["code"]],
    display: { title: "name", list: ["code", "name"], search: ["code", "name"], sort: ["code"] },
    permissions: { read: [`${id}.view`], write: [`${id}.manage`] },
  };
}

function readmeOf({ id, title, records, parts }: TemplateOptions): string {
  const what = [
    "its manifest in `package.json`",
    ...(records === undefined ? [] : ["its data in `collections/`"]),
    ...(parts.has("process") ? ["its process and form in `processes/` and `forms/`"] : []),
    ...(parts.has("service") ? ["its service in `src/`"] : []),
    ...(parts.has("page") ? ["its page in `web/`"] : []),
  ];
  return `# ${title} ${id}

What it does, in a sentence. It has ${what.join(", ")}. \`npm test\` builds it and tries it on a real site.
`;
}
