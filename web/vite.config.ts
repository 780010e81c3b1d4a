import { defineConfig } from "vite";

export default defineConfig({
  base: "/static/",
  build: {
    outDir: "dist",
    manifest: true,
    target: "es2022",
    // No data: URIs and no injected polyfill: the page's content security policy stays strict.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
    modulePreload: { polyfill: false },
    rollupOptions: { input: ["src/main.ts", "src/staff/main.ts"] },
  },
});
