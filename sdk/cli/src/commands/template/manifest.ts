import type { TemplateOptions } from "./options.js";

/** The `jinshui` part of package.json. */
export function manifestOf({ id, title, records, parts }: TemplateOptions): object {
  const service = parts.has("service");
  const keeps = records !== undefined;
  return {
    id,
    schema: 1,
    title: { "zh-CN": title, en: title },
    requires: {
      apis: { ...(keeps ? { storage: "^1.0" } : {}), ...(parts.has("process") ? { workflow: "^1.0" } : {}) },
    },
    ...(service ? { server: { main: "dist/main.js", memoryMb: 128 } } : {}),
    ...(parts.has("page") ? { web: { module: "dist/web/index.js" } } : {}),
    grants: {
      apis: [
        ...(service && keeps ? ["storage"] : []),
        ...(service && keeps && parts.has("process") ? ["workflow"] : []),
      ],
    },
    ...(service
      ? {
          provides: {
            ops: {
              [keeps ? "count" : "greet"]: {
                v: 1,
                input: `schemas/${keeps ? "count" : "greet"}.in.json`,
                output: `schemas/${keeps ? "count" : "greet"}.out.json`,
                effect: "read",
                permission: `${id}.view`,
              },
            },
          },
        }
      : {}),
    contributes: contributions({ id, title, parts, ...(keeps ? { records } : {}) }),
  };
}

function contributions({ id, title, records, parts }: TemplateOptions): object {
  const page = parts.has("page");
  const permission = `${id}.view`;
  return {
    permissions: [
      {
        id: permission,
        title: { "zh-CN": `查看${title}`, en: `See ${title}` },
        positions: ["clerk", "section-chief", "system-administrator"],
      },
      ...(records === undefined
        ? []
        : [
            {
              id: `${id}.manage`,
              title: { "zh-CN": `登记${records}`, en: `Enter ${records}` },
              positions: ["section-chief", "system-administrator"],
            },
          ]),
    ],
    views: [
      ...(records === undefined
        ? []
        : [
            {
              id: "items",
              kind: "collection",
              collection: "item",
              title: { "zh-CN": records, en: records },
              permission,
              import: true,
            },
          ]),
      ...(page
        ? [{ id: "home", kind: "element", element: "HomePage", title: { "zh-CN": title, en: title }, permission }]
        : []),
    ],
    menu: [
      ...(records === undefined ? [] : [{ view: "items", group: "business" }]),
      ...(page ? [{ view: "home", group: "business" }] : []),
    ],
    ...(records === undefined ? {} : { collections: "collections/" }),
    ...(parts.has("process") ? { processes: "processes/", forms: "forms/" } : {}),
    ...(records !== undefined && parts.has("process") && parts.has("service") ? { jobs: ["enter"] } : {}),
  };
}
