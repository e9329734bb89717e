/** Tests run from the output of `tsc -b`; they are named by their TypeScript source. */
export default {
  files: ["{kernel,sdk,plugins}/*/src/**/*.test.ts", "tests/src/**/*.test.ts"],
  typescript: {
    compile: false,
    rewritePaths: {
      "sdk/contracts/src/": "sdk/contracts/dist/",
      "sdk/bus/src/": "sdk/bus/dist/",
      "sdk/plugin/src/": "sdk/plugin/dist/",
      "sdk/testing/src/": "sdk/testing/dist/",
      "sdk/cli/src/": "sdk/cli/dist/",
      "kernel/engine/src/": "kernel/engine/dist/",
      "kernel/storage/src/": "kernel/storage/dist/",
      "kernel/auth/src/": "kernel/auth/dist/",
      "kernel/workflow/src/": "kernel/workflow/dist/",
      "kernel/supervisor/src/": "kernel/supervisor/dist/",
      "kernel/gateway/src/": "kernel/gateway/dist/",
      "kernel/host/src/": "kernel/host/dist/",
      "plugins/asset-tracking/src/": "plugins/asset-tracking/dist/",
      "plugins/example-hello/src/": "plugins/example-hello/dist/",
      "tests/src/": "tests/dist/",
    },
  },
  nodeArguments: ["--enable-source-maps"],
  timeout: "2m",
};
