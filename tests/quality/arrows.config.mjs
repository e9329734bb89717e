/** Who may import whom, by folder (docs/architecture.md); what is not listed is refused. */
export const ARROWS = {
  "sdk/contracts": [],
  "sdk/bus": ["sdk/contracts"],
  "sdk/plugin": ["sdk/bus", "sdk/contracts"],
  "sdk/web": ["sdk/contracts"],
  "sdk/testing": ["sdk/bus", "sdk/contracts", "kernel/host"],
  "sdk/cli": ["sdk/bus", "sdk/contracts", "sdk/testing", "kernel/engine"],
  "kernel/feel": [],
  "kernel/engine": ["kernel/feel"],
  "kernel/dmn": ["kernel/feel"],
  "kernel/storage": ["kernel/feel", "sdk/bus", "sdk/contracts"],
  "kernel/auth": ["kernel/storage", "sdk/bus", "sdk/contracts"],
  "kernel/security": ["kernel/auth", "kernel/storage", "sdk/bus", "sdk/contracts"],
  "kernel/federation": ["kernel/auth", "kernel/storage", "sdk/bus", "sdk/contracts"],
  "kernel/webhooks": ["kernel/auth", "kernel/storage", "sdk/bus", "sdk/contracts"],
  "kernel/signature": ["kernel/auth", "kernel/storage", "sdk/contracts"],
  "kernel/workflow": [
    "kernel/engine",
    "kernel/feel",
    "kernel/auth",
    "kernel/signature",
    "kernel/storage",
    "sdk/bus",
    "sdk/contracts",
  ],
  "kernel/supervisor": [
    "kernel/workflow",
    "kernel/signature",
    "kernel/auth",
    "kernel/storage",
    "sdk/bus",
    "sdk/contracts",
  ],
  "kernel/gateway": ["kernel/auth", "kernel/storage", "sdk/bus", "sdk/contracts"],
  "kernel/host": ["kernel/[^/]+", "sdk/bus", "sdk/cli", "sdk/contracts"],
  "plugins/(?!process-designer/)[^/]+": ["sdk/plugin", "sdk/web", "sdk/contracts"],
  // checks and simulates with what carries processes out
  "plugins/process-designer": ["sdk/web", "sdk/contracts", "kernel/engine"],
  shell: ["sdk/web", "sdk/contracts", "kernel/engine", "kernel/feel"],
};

/** Libraries with one owner: whatever else wants one of them asks the owner. */
export const OWNERS = [
  { libraries: ["nats", "@nats-io/transport-node", "@nats-io/jetstream"], owners: ["sdk/bus/"] },
  { libraries: ["sequelize", "mysql2", "better-sqlite3", "umzug"], owners: ["kernel/storage/"] },
  { libraries: ["yazl", "saxes", "csv-parse", "iconv-lite"], owners: ["kernel/storage/"] },
  {
    libraries: ["@peculiar/x509", "pkijs", "asn1js", "pdfkit", "fontkit", "@signpdf/[^/]+"],
    owners: ["kernel/signature/"],
  },
  { libraries: ["sm-crypto-v2"], owners: ["kernel/auth/src/seal/", "kernel/signature/"] },
  { libraries: ["inversify"], owners: ["kernel/host/", "kernel/[^/]+/src/.*container-module[.]ts$"] },
  { libraries: ["tsyringe"], owners: ["sdk/plugin/", "plugins/[^/]+/src/"] },
  { libraries: ["koa", "koa-[^/]+", "@koa/[^/]+"], owners: ["kernel/gateway/"] },
  { libraries: ["oidc-provider", "openid-client", "ldapts", "scim2-parse-filter"], owners: ["kernel/federation/"] },
  { libraries: ["ipaddr[.]js"], owners: ["kernel/webhooks/"] },
  { libraries: ["bpmn-moddle"], owners: ["kernel/engine/", "plugins/process-designer/src/"] },
  { libraries: ["croner"], owners: ["kernel/engine/", "sdk/contracts/"] },
  { libraries: ["lezer-feel", "@lezer/[^/]+", "decimal[.]js-light"], owners: ["kernel/feel/"] },
  { libraries: ["saxen"], owners: ["kernel/engine/", "kernel/dmn/"] },
  {
    libraries: ["lit", "lit-[^/]+", "@lit/[^/]+", "@vaadin/[^/]+"],
    owners: ["sdk/web/", "shell/", "plugins/[^/]+/web/"],
  },
];

/** Folders that import a few libraries and nothing else, so no `node:` module either: they run anywhere. */
export const PURE = {
  "kernel/engine/": ["kernel/feel", "bpmn-moddle", "croner", "saxen"],
  "kernel/feel/": ["lezer-feel", "@lezer/common", "decimal.js-light"],
  "kernel/dmn/": ["kernel/feel", "saxen"],
  "sdk/contracts/": ["ajv", "ajv-formats", "croner", "typebox"],
};

/** Folders that run in browsers. */
export const BROWSER = ["sdk/web/", "shell/src/", "plugins/[^/]+/web/"];

/** Tests, and what serves tests only, may reach further: for real servers, real databases, a real site. */
const TEST = "([.]test[.](ts|mjs)|/testing([.]ts|/.*))$";
const TEST_TARGETS = ["sdk/testing", "sdk/bus/dist/testing", "kernel/storage/dist/testing"];

const any = (parts) => `(${parts.join("|")})`;
const below = (folders) => `^${any(folders)}/`;
const library = (names) => `(^|node_modules/)${any(names)}(/|$)`;

const arrows = Object.entries(ARROWS).flatMap(([folder, targets]) => {
  const refusal = (name, from, allowed) => ({
    name,
    severity: "error",
    comment: `${folder} may import ${targets.join(", ") || "no package of ours"}`,
    from,
    to: { path: "^(sdk|kernel|plugins|shell)/", pathNot: allowed },
  });
  // $1 is the importing package itself: a plugin may import its own files, not those of another.
  const allowed = ["^$1/", ...(targets.length > 0 ? [below(targets)] : [])];
  return [
    refusal(`arrow: ${folder}`, { path: `^(${folder})/`, pathNot: TEST }, allowed),
    refusal(`arrow: tests of ${folder}`, { path: `^(${folder})/.*${TEST}` }, [...allowed, below(TEST_TARGETS)]),
  ];
});

const owners = OWNERS.map(({ libraries, owners: folders }) => ({
  name: `owner: ${libraries[0]}`,
  severity: "error",
  comment: `only ${folders.join(", ")} may import it`,
  from: { path: "^(sdk|kernel|plugins|shell)/", pathNot: [...folders.map((folder) => `^${folder}`), TEST] },
  to: { path: library(libraries) },
}));

const pure = Object.entries(PURE).flatMap(([folder, libraries]) => [
  {
    name: `pure: ${folder}`,
    severity: "error",
    comment: `${folder} imports ${libraries.join(", ")} and nothing else of others`,
    from: { path: `^${folder}src/`, pathNot: TEST },
    to: {
      dependencyTypes: ["npm", "npm-dev", "npm-no-pkg", "npm-unknown", "unknown", "undetermined"],
      pathNot: library(libraries),
    },
  },
]);

/** The rules for dependency-cruiser. */
export const rules = {
  forbidden: [
    ...arrows,
    ...owners,
    ...pure,
    {
      name: "no node: modules",
      severity: "error",
      comment: "this code runs in browsers or knows no input and output",
      from: {
        path: any([...Object.keys(PURE), ...BROWSER].map((folder) => `^${folder}`)),
        pathNot: [TEST, "[.]mjs$", "vite[.]config"],
      },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "no reaching into sources",
      severity: "error",
      comment: "a package is imported by its name, never by a path into its folder",
      from: { path: "^((sdk|kernel|plugins)/[^/]+|shell|tests)/" },
      to: { path: "^((sdk|kernel|plugins)/[^/]+|shell|tests)/src/", pathNot: "^$1/" },
    },
    {
      name: "no cycles",
      severity: "error",
      comment: "files that need each other at run time are one thing, or hide a third",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "resolvable",
      severity: "error",
      comment: "the imported file or package is not there",
      from: {},
      to: { couldNotResolve: true, pathNot: "^virtual:" },
    },
  ],
};
