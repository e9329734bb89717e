import { className, json, type TemplateOptions } from "./options.js";

/** The service: one operation, and the job of the process where there is one. */
export function serviceFiles({ id, records, parts }: TemplateOptions): Record<string, string> {
  const main = `import { runPlugin } from "@jinshui/plugin";
import { ${className(id)} } from "./${id}.js";

await runPlugin(${className(id)});
`;
  if (records === undefined)
    return {
      "schemas/greet.in.json": json({
        type: "object",
        properties: { to: { type: "string", minLength: 1, maxLength: 40 } },
        required: ["to"],
        additionalProperties: false,
      }),
      "schemas/greet.out.json": json({ type: "object", properties: { text: { type: "string" } }, required: ["text"] }),
      "src/main.ts": main,
      [`src/${id}.ts`]: `import { op, plugin } from "@jinshui/plugin";

/** The service of ${id}. */
@plugin()
export class ${className(id)} {
  /** Greets somebody. */
  @op("greet")
  greet({ to }: { to: string }): Promise<{ text: string }> {
    return Promise.resolve({ text: \`\${to}，您好！\` });
  }
}
`,
    };
  const job = parts.has("process");
  return {
    "schemas/count.in.json": json({ type: "object", additionalProperties: false }),
    "schemas/count.out.json": json({
      type: "object",
      properties: { total: { type: "integer" } },
      required: ["total"],
    }),
    "src/main.ts": main,
    [`src/${id}.ts`]: `import { inject, ${job ? "job, type Job, " : ""}op, plugin, Storage } from "@jinshui/plugin";

/** The service of ${id}. */
@plugin()
export class ${className(id)} {
  constructor(@inject(Storage) private readonly storage: Storage) {}

  /** How many the bureau has. */
  @op("count")
  count(): Promise<{ total: number }> {
    return this.storage.count({ collection: "${id}.item" });
  }
${
  job
    ? `
  /** Enters what was agreed to. A job may come twice: the same writes then have no second effect. */
  @job("enter")
  async enter({ number, variables }: Job): Promise<{ entered: string }> {
    const { id } = await this.storage.insert({
      collection: "${id}.item",
      values: { code: number, name: variables["name"] },
    });
    return { entered: id };
  }
`
    : ""
}}
`,
  };
}
