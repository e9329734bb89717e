export interface TemplateOptions {
  id: string;
  title: string;
  server: boolean;
  web: boolean;
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** The files of a new plugin by path: a collection with its page, and what was asked for besides. */
export function pluginFiles({ id, title, server, web }: TemplateOptions): Record<string, string> {
  const className = id
    .split("-")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");
  const scripts = {
    ...(server || web
      ? { build: [...(server ? ["tsc -b"] : []), ...(web ? ["tsc -b web", "vite build"] : [])].join(" && ") }
      : {}),
    ...(web ? { "build:web": "vite build" } : {}),
  };
  const manifest = {
    id,
    schema: 1,
    title: { "zh-CN": title, en: title },
    requires: { apis: { storage: "^1.0" } },
    ...(server ? { server: { main: "dist/main.js", memoryMb: 128 } } : {}),
    ...(web ? { web: { module: "dist/web/index.js" } } : {}),
    grants: { apis: ["storage"] },
    ...(server
      ? {
          provides: {
            ops: {
              count: {
                v: 1,
                input: "schemas/count.in.json",
                output: "schemas/count.out.json",
                effect: "read",
                permission: `${id}.view`,
              },
            },
          },
        }
      : {}),
    contributes: {
      permissions: [
        {
          id: `${id}.view`,
          title: { "zh-CN": `查看${title}` },
          positions: ["clerk", "section-chief", "system-administrator"],
        },
        { id: `${id}.manage`, title: { "zh-CN": `维护${title}` }, positions: ["system-administrator"] },
      ],
      views: [
        {
          id: "items",
          kind: "collection",
          collection: "item",
          title: { "zh-CN": title, en: title },
          permission: `${id}.view`,
          import: true,
        },
        ...(web
          ? [
              {
                id: "home",
                kind: "element",
                element: "HomePage",
                title: { "zh-CN": `${title}首页`, en: title },
                permission: `${id}.view`,
              },
            ]
          : []),
      ],
      menu: [{ view: "items", group: "business" }, ...(web ? [{ view: "home", group: "business" }] : [])],
      collections: "collections/",
    },
  };
  const files: Record<string, string> = {
    "package.json": json({
      name: `@jinshui/plugin-${id}`,
      version: "0.1.0",
      description: title,
      license: "Apache-2.0",
      private: true,
      type: "module",
      files: ["dist", "collections", "schemas", "CHANGELOG.md"],
      ...(Object.keys(scripts).length > 0 ? { scripts } : {}),
      ...(server ? { dependencies: { "@jinshui/contracts": "workspace:*", "@jinshui/plugin": "workspace:*" } } : {}),
      ...(web ? { devDependencies: { "@jinshui/web": "workspace:*", lit: "3.3.3", vite: "8.3.8" } } : {}),
      jinshui: manifest,
    }),
    "collections/item.json": json({
      name: "item",
      title: { "zh-CN": title, en: title },
      fields: {
        code: { type: "string", title: { "zh-CN": "编号", en: "Code" }, required: true, maxLength: 20 },
        name: { type: "string", title: { "zh-CN": "名称", en: "Name" }, required: true, maxLength: 60 },
        remark: { type: "text", title: { "zh-CN": "备注", en: "Remark" } },
      },
      unique: [["code"]],
      display: { title: "name", list: ["code", "name"], search: ["code", "name"], sort: ["code"] },
      permissions: { read: [`${id}.view`], write: [`${id}.manage`] },
    }),
    "README.md": `# ${title} ${id}\n\nWhat it does, in a sentence. Its manifest is in \`package.json\`, its data in \`collections/\`${server ? ", its service in `src/`" : ""}.\n`,
    "CHANGELOG.md": "# Changelog\n\n## 0.1.0\n- First version.\n",
  };
  if (server) {
    files["tsconfig.json"] = json({
      extends: "../../tsconfig.base.json",
      compilerOptions: { rootDir: "src", outDir: "dist", tsBuildInfoFile: "dist/.tsbuildinfo" },
      include: ["src"],
      references: [{ path: "../../sdk/contracts" }, { path: "../../sdk/plugin" }],
    });
    files["schemas/count.in.json"] = json({ type: "object", additionalProperties: false });
    files["schemas/count.out.json"] = json({
      type: "object",
      properties: { total: { type: "integer" } },
      required: ["total"],
    });
    files["src/main.ts"] =
      `import { runPlugin } from "@jinshui/plugin";\nimport { ${className} } from "./${id}.js";\n\nawait runPlugin(${className});\n`;
    files[`src/${id}.ts`] =
      `import { inject, op, plugin, Storage } from "@jinshui/plugin";\n\n/** The service of ${id}. */\n@plugin()\nexport class ${className} {\n  constructor(@inject(Storage) private readonly storage: Storage) {}\n\n  /** How many items the bureau has. */\n  @op("count")\n  count(): Promise<{ total: number }> {\n    return this.storage.count({ collection: "${id}.item" });\n  }\n}\n`;
  }
  if (web) {
    files["web/index.ts"] = 'export { HomePage } from "./home-page.js";\n';
    files["web/home-page.ts"] =
      `import { controls, JinshuiElement } from "@jinshui/web";\nimport { html, type TemplateResult } from "lit";\n\n/** The page of ${id}; the shell defines its tag. */\nexport class HomePage extends JinshuiElement {\n  static override styles = [controls];\n\n  override render(): TemplateResult {\n    return html\`<div class="bar"><h1 tabindex="-1">${title}</h1></div><ji-empty text="${title}"></ji-empty>\`;\n  }\n}\n`;
    files["web/tsconfig.json"] = json({
      extends: "../../../tsconfig.web.json",
      compilerOptions: { rootDir: ".", outDir: "../.tsc-web", tsBuildInfoFile: "../.tsc-web/.tsbuildinfo" },
      include: ["."],
      references: [{ path: "../../../sdk/web" }],
    });
    files["vite.config.js"] =
      'import { defineConfig } from "vite";\n\n/** The page\'s code alone: lit and the SDK come from the shell\'s import map. */\nexport default defineConfig({\n  logLevel: "warn",\n  build: {\n    outDir: "dist/web",\n    target: "es2022",\n    lib: { entry: ".tsc-web/index.js", formats: ["es"], fileName: () => "index.js" },\n    rolldownOptions: { external: /^(lit|@lit|@jinshui|@vaadin)(\\/|$)/ },\n  },\n});\n';
  }
  return files;
}
