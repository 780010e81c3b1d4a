import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "/static/",
  build: {
    outDir: "dist",
    manifest: true,
    target: "es2022",
    // Pairs of day and night, light-dark(), are written out for browsers that do not know them.
    cssTarget: ["chrome107", "safari16", "firefox104"],
    // No data: URIs and no injected polyfill: the page's content security policy stays strict.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
    modulePreload: { polyfill: false },
    rollupOptions: { input: ["src/main.ts", "src/plan/main.ts", "src/staff/main.ts"] },
  },
  // The checks of the design system read it as it is.
  test: { css: { include: [/tokens\.css/] } },
});
