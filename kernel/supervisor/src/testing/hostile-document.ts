import type { Attempt } from "./hostile-attempts.js";

/** An attempt, and what the plugin heard. */
export interface Met {
  attempt: Attempt;
  hears: string;
}

/** Attempts that go on until they are ended. */
const LASTING = [
  [
    "take memory, in the heap",
    "V8's limit of the heap; memory limit",
    "`plugin.memory`, or the process's end with its last words",
  ],
  ["take memory, outside of the heap", "control group; the kernel, which looks each second", "`plugin.memory`"],
  ["loop for ever", "two health checks", "`plugin.unresponsive`"],
  [
    "keep running after it was switched off",
    "ended, and its credential taken back, within 5 s",
    "`plugin.unresponsive`",
  ],
  ["flood the kernel with requests", "rate for each plugin; ended at 10,000 refused in a second", "`plugin.flood`"],
  ["flood the bus with connections", "256 open files; ended at more than 4 connections", "`plugin.bus-connections`"],
  ["bring a link out of its folder", "refused when it is found", "the plugin is `invalid`, with the link's name"],
];

/** The page that tells what becomes of each attempt; made from the suite, so that it can't say anything else. */
export function hostileDocument(attempts: readonly Attempt[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rows = attempts.map(({ what, by, noticed, needs }) =>
    row([what, `${by}${needs === undefined ? "" : " *"}`, noticed === undefined ? "–" : `\`${noticed}\``]),
  );
  return `<!-- Made by kernel/supervisor/src/hostile.test.ts with JINSHUI_WRITE_DOCS=1; it fails when this page says anything else. -->
# What a hostile plugin meets with

A plugin with the rights of an ordinary one tries ${attempts.length + LASTING.length} things on a real site (nats-server, supervisor, storage). The last column is
the action of the audit entry that names the plugin; refusals are denied (\`denied\`) or failed (\`failed\`) entries of the bureaus where it is on.

| it tries to | denied by | noticed as |
|---|---|---|
${[...rows, ...LASTING.map(row)].join("\n")}

\\* Only where the kernel may give plugins users of their own (root, or CAP_SETUID, CAP_SETGID, CAP_KILL) and, for the network, where nftables is
there and it may use it (CAP_NET_ADMIN). Elsewhere these attempts succeed; \`configs/deploy/README.md\` says what an operator does.

What the host itself denies, it denies silently: the kernel learns of it (\`plugin.host-denied\`) only from the error in the plugin's own log, so
code that hides its errors is denied without a trace here. An operator who wants one sets an audit rule for the users of plugins
(\`configs/deploy/README.md\`). "–" stands for what leaves no trace that names the plugin: a connection without a credential is a line in
the server's log, without a name; an environment without secrets and a command sent twice are nothing to notice.
`;
}
