import type { TemplateOptions } from "./options.js";

/** The page: an element that the shell defines the tag of. */
export function pageFiles({ id, title, records, parts }: TemplateOptions): Record<string, string> {
  const counts = parts.has("service") && records !== undefined;
  const body = counts
    ? `  @state() private total: number | undefined;

  protected override async load(): Promise<void> {
    ({ total: this.total } = await callPlugin<{ total: number }>("${id}", "count", {}));
  }

  override render(): TemplateResult {
    return html\`\${this.head(t("${id}.title"))}
      <p>\${this.total === undefined ? nothing : t("${id}.total", { n: this.total })}</p>\`;
  }`
    : `  protected override load(): Promise<void> {
    return Promise.resolve();
  }

  override render(): TemplateResult {
    return html\`\${this.head(t("${id}.title"))}
      <ji-empty text=\${t("${id}.nothing")}></ji-empty>\`;
  }`;
  const [key, chinese, english] = counts
    ? ["total", `本局共 {n} 条${records}`, `{n} in this bureau`]
    : ["nothing", "这里还没有内容", "There is nothing here yet"];
  return {
    "web/index.ts": 'export { HomePage } from "./home-page.js";\n',
    "web/home-page.ts": `import { addTexts, ${counts ? "callPlugin, " : ""}PluginPage, t } from "@jinshui/web";
import { html, ${counts ? "nothing, " : ""}type TemplateResult } from "lit";
${counts ? 'import { state } from "lit/decorators.js";\n' : ""}
addTexts({
  "zh-CN": { "${id}.title": ${JSON.stringify(title)}, "${id}.${key}": ${JSON.stringify(chinese)} },
  en: { "${id}.title": ${JSON.stringify(title)}, "${id}.${key}": ${JSON.stringify(english)} },
});

/** The page of ${id}. */
export class HomePage extends PluginPage {
${body}
}
`,
    "vite.config.js": `import { defineConfig } from "vite";

/** The page's code alone: lit and the SDK come from the shell's import map. */
export default defineConfig({
  logLevel: "warn",
  build: {
    outDir: "dist/web",
    target: "es2022",
    lib: { entry: ".tsc-web/index.js", formats: ["es"], fileName: () => "index.js" },
    rolldownOptions: { external: /^(lit|@lit|@jinshui|@vaadin)(\\/|$)/ },
  },
});
`,
  };
}
