import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkSync } from "recheck";
import ts from "typescript";
import { root } from "../../kernel/host/launch/workspace.mjs";

/**
 * Refuses regular expressions that some text keeps busy for long (ReDoS): every literal of the sources and every `pattern` of
 * schemas is looked at by recheck, which proves them linear or finds a text. Squares are let pass in the files of `BOUNDED`, where
 * no text is long enough, each for its reason; anything worse nowhere.
 */
const BOUNDED = {
  "kernel/engine/src/feel/iso-time.ts": "the line before has matched the whole text, which then has one line and one T",
  "kernel/engine/src/model/soundness-graph.ts": "names of BPMN's own types",
  "kernel/feel/src/builtins/pattern-syntax.ts": "2,000 characters, checked before",
  "kernel/feel/src/builtins/ranges.ts": "1,000 characters, checked before",
  "kernel/feel/src/syntax/parse.ts": "10,000 characters, checked before",
  "kernel/feel/src/temporal/duration.ts": "nine digits",
  "kernel/feel/src/temporal/time.ts": "nine digits",
  "kernel/gateway/src/shell-files.ts": "the shell's own page, names of files that are there",
  "kernel/host/src/nats-server.ts": "what nats-server says of its version",
  "kernel/storage/src/database/sqlite-dialect.ts": "statements of our own",
  "kernel/storage/src/transfer/reading/workbook-parts.ts": "255 characters, cut before",
  "kernel/supervisor/src/sandbox/server-log.ts": "2,000 characters, cut before",
};
const files = globSync("{kernel,sdk,plugins,shell}/**/*.ts", {
  cwd: root,
  exclude: (name) => /node_modules|\/dist(\/|$)|\.tsc-web/.test(name),
})
  .filter((file) => !/node_modules|\/dist\/|\.tsc-web|\.test\.ts$|\.d\.ts$|\/testing/.test(file))
  .sort();

const found = new Map();
for (const file of files) {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.Latest, true);
  const visit = (node) => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf("/");
      note(node.text.slice(1, end), node.text.slice(end + 1), node);
    }
    if (ts.isPropertyAssignment(node) && node.name.getText() === "pattern" && ts.isStringLiteralLike(node.initializer))
      note(node.initializer.text, "u", node);
    ts.forEachChild(node, visit);
  };
  const note = (pattern, flags, node) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    found.set(`/${pattern}/${flags}`, [...(found.get(`/${pattern}/${flags}`) ?? []), `${file}:${line + 1}`]);
  };
  visit(source);
}

const bad = [];
for (const [text, places] of found) {
  const end = text.lastIndexOf("/");
  // `v` is what recheck does not read yet; for our patterns it means the same as `u`
  const flags = text
    .slice(end + 1)
    .replace("v", "u")
    .replace("d", "");
  const { status, complexity, attack, error } = checkSync(text.slice(1, end), flags, {
    timeout: 20_000, // on a busy machine it takes its time
    attackTimeout: 1_000,
    incubationTimeout: 1_000,
  });
  const isSquare = complexity?.type === "polynomial" && complexity.degree === 2;
  if (isSquare && places.every((place) => BOUNDED[place.replace(/:\d+$/, "")] !== undefined)) continue;
  if (status === "vulnerable")
    bad.push(`${places.join(", ")}: ${text} is ${complexity.summary}: ${attack.pattern.slice(0, 120)}`);
  else if (status === "unknown")
    bad.push(`${places.join(", ")}: ${text} is not known to be linear (${error?.kind ?? ""})`);
}
console.log(`${found.size} expressions in ${files.length} files`);
for (const line of bad) console.log(line);
process.exitCode = bad.length > 0 ? 1 : 0;
