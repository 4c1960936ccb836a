import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const SERVER = process.env.WEAVER_URL ?? "http://127.0.0.1:8420";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "~": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../src/weaver/web",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0, // the policy of the page allows no data: scripts or fonts
  },
  server: { proxy: { "/api": { target: SERVER, changeOrigin: true }, "/openapi.json": SERVER } },
  test: {
    environment: "jsdom",
    setupFiles: ["./src/testing/setup.ts"],
    restoreMocks: true,
    testTimeout: 20_000, // a page takes a second, and more where others use the machine
    coverage: {
      provider: "v8",
      include: ["src/**/*.{ts,tsx}"], // those that no test imports too
      reporter: ["text-summary", "json-summary"],
      exclude: ["src/api/schema.d.ts", "src/testing/**", "src/**/*.test.*"],
      thresholds: { lines: 85, statements: 85, functions: 85, branches: 85 },
    },
  },
});
