import { defineConfig } from "vitest/config";

/** What every build (tools/build.ts) and every test run shares. */
export default defineConfig({
  // Assets find each other by relative addresses, so that an exported tree works from any folder.
  base: "./",
  publicDir: false,
  build: {
    outDir: "dist",
    assetsDir: "assets",
    emptyOutDir: false,
    // What a page imports later lies in the service worker's cache by then.
    modulePreload: false,
    // A page's Content-Security-Policy has no `data:` for scripts or style.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    license: false,
  },
  worker: {
    format: "es",
    rolldownOptions: { output: { entryFileNames: "assets/[name].[hash].js" } },
  },
  test: {
    include: ["tests/**/*.test.ts"],
    environment: "node",
    testTimeout: 120_000,
  },
});
