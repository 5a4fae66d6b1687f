import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const OUT = process.env.ANLAN_WEB_OUT ?? "dist";
const PACKED = /\.(js|mjs|css|svg|json)$/;

/** Writes .gz and .br beside every text file, so that no server compresses while people wait. */
function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    closeBundle() {
      for (const name of readdirSync(OUT, { recursive: true, encoding: "utf8" })) {
        if (PACKED.test(name)) pack(join(OUT, name));
      }
    },
  };
}

function pack(path: string): void {
  const bytes = readFileSync(path);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
}

export default defineConfig({
  base: "/static/",
  publicDir: false,
  plugins: [packed()],
  worker: { format: "es" },
  build: {
    outDir: OUT,
    emptyOutDir: true,
    manifest: true,
    target: "es2022",
    // Small pictures in styles stay data: addresses; fonts and scripts never.
    assetsInlineLimit: 2048,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The map is large by nature; it is loaded only where there is one.
    chunkSizeWarningLimit: 1600,
    rolldownOptions: {
      input: [
        "src/desk.ts",
        "src/map.ts",
        "src/chart.ts",
        "src/public/subscribe.ts",
        "src/public/worker.ts",
      ],
    },
  },
});
