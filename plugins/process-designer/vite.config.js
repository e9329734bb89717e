import { defineConfig } from "vite";

/** The page's code; lit and the SDK come from the shell's import map. The engine and the drawing are parts that are loaded when they are needed. */
export default defineConfig({
  logLevel: "warn",
  build: {
    outDir: "dist/web",
    target: "es2022",
    chunkSizeWarningLimit: 900,
    lib: { entry: ".tsc-web/index.js", formats: ["es"], fileName: () => "index.js" },
    rolldownOptions: {
      external: /^(lit|@lit|@vaadin|@jinshui\/(contracts|web))(\/|$)/,
      output: { chunkFileNames: "parts/[name]-[hash].js" },
    },
  },
});
