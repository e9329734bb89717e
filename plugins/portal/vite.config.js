import { defineConfig } from "vite";

/** The page's code alone: lit and the SDK come from the shell's import map. */
export default defineConfig({
  logLevel: "warn",
  build: {
    outDir: "dist/web",
    target: "es2022",
    lib: { entry: ".tsc-web/index.js", formats: ["es"], fileName: () => "index.js" },
    rolldownOptions: { external: /^(lit|@lit|@jinshui|@vaadin)(\/|$)/ },
  },
});
