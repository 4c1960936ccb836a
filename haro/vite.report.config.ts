/** The report's script and styles, which the Python package carries: `npm run build-report`. */
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "~": here("./src") } },
  define: { "process.env.NODE_ENV": '"production"' },
  publicDir: false,
  build: {
    outDir: process.env.REPORT_TO ?? here("../src/weaver/greta/report/assets/built"),
    emptyOutDir: true,
    target: "es2023",
    cssCodeSplit: false,
    lib: {
      entry: here("./src/report/main.tsx"),
      formats: ["iife"],
      name: "report",
      fileName: () => "report.js",
      cssFileName: "report",
    },
  },
});
