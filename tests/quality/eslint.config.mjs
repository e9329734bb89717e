import { fileURLToPath } from "node:url";
import js from "@eslint/js";
import lit from "eslint-plugin-lit";
import litA11y from "eslint-plugin-lit-a11y";
import wc from "eslint-plugin-wc";
import ts from "typescript-eslint";

const root = fileURLToPath(new URL("../..", import.meta.url));
const TYPESCRIPT = ["**/*.ts"];
const TESTS = ["**/*.test.ts", "**/testing/**", "**/testing.ts", "tests/**"];
const WEB = ["sdk/web/src/**/*.ts", "shell/src/**/*.ts", "plugins/*/web/**/*.ts"];

/** The house's rules; what prettier can do is not repeated, and nothing here is a warning. */
export default ts.config(
  { ignores: ["**/dist/**", "**/node_modules/**", "**/.*/**", "**/*.d.ts", "tests/out/**"] },
  js.configs.recommended,
  {
    files: ["**/*.mjs", "**/*.js"],
    languageOptions: {
      globals: Object.fromEntries(
        [
          "process",
          "console",
          "URL",
          "performance",
          "setTimeout",
          "structuredClone",
          "clearTimeout",
          "fetch",
          "AbortSignal",
          "TextDecoder",
          "TextEncoder",
          "Buffer",
          "URLSearchParams",
          "setInterval",
          "clearInterval",
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
  {
    rules: {
      "max-lines": ["error", { max: 400 }],
      eqeqeq: "error",
      "no-control-regex": "off", // names of files and headers are cleaned of control characters
      "no-restricted-syntax": [
        "error",
        { selector: "ExportDefaultDeclaration", message: "Named exports only." },
        { selector: "TSEnumDeclaration", message: "Use a union of string literals." },
        { selector: "TSModuleDeclaration[kind='namespace']", message: "Use modules." },
      ],
    },
  },
  {
    // in the language of the cases null is what is absent
    files: ["tests/conformance/engine/**"],
    rules: { eqeqeq: ["error", "always", { null: "ignore" }] },
  },
  {
    files: TYPESCRIPT,
    extends: [ts.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    rules: {
      "@typescript-eslint/consistent-type-exports": "error",
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { fixStyle: "inline-type-imports", disallowTypeAnnotations: false },
      ],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-confusing-void-expression": "off", // an arrow may well return what a listener returns
      // Rows of the database and bodies of messages are unknown until a schema has seen them; String() is how they are read.
      "@typescript-eslint/no-base-to-string": "off",
      "@typescript-eslint/no-unnecessary-type-conversion": "off",
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      "@typescript-eslint/use-unknown-in-catch-callback-variable": "off",
      "@typescript-eslint/no-misused-spread": ["error", { allow: [{ from: "lib", name: "string" }] }],
      // A flag that another function turns while we await looks constant to the rule.
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      "@typescript-eslint/no-dynamic-delete": "off",
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true, argsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["**/*.ts"],
    ignores: ["**/index.ts", "**/validate.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        { selector: "ExportDefaultDeclaration", message: "Named exports only." },
        { selector: "TSEnumDeclaration", message: "Use a union of string literals." },
        { selector: "TSModuleDeclaration[kind='namespace']", message: "Use modules." },
        { selector: "ExportAllDeclaration", message: "Only a package's index.ts gathers exports." },
      ],
    },
  },
  {
    files: WEB,
    plugins: { lit, wc, "lit-a11y": litA11y },
    rules: {
      ...lit.configs["flat/recommended"].rules,
      ...wc.configs["flat/best-practice"].rules,
      ...litA11y.configs.recommended.rules,
      "lit/no-useless-template-literals": "error",
      "lit/no-native-attributes": "error",
      "lit/quoted-expressions": ["error", "never"],
      "wc/guard-super-call": "off", // every base class of ours is a LitElement, which has them
    },
  },
  {
    files: TESTS,
    rules: { "@typescript-eslint/no-non-null-assertion": "off", "@typescript-eslint/unbound-method": "off" },
  },
  { files: ["ava.config.js", "**/*.config.{js,mjs,ts}", "tests/quality/**"], rules: { "no-restricted-syntax": "off" } },
);
