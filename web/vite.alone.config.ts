import { defineConfig } from "vite";

/** One script, with its styles in it, that a notebook's document carries: nothing is loaded later. */
export default defineConfig({
  base: "/static/",
  build: {
    outDir: "dist",
    emptyOutDir: false,
    copyPublicDir: false,
    manifest: ".vite/alone.json",
    target: "es2022",
    cssTarget: ["chrome107", "safari16", "firefox104"],
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
    modulePreload: false,
    rollupOptions: { input: "src/alone.ts", output: { format: "iife" } },
  },
});
