// Writes .br and .gz beside every text asset, so that the server never compresses while it answers.
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const folder = new URL("../dist/", import.meta.url).pathname;
const compressible = /\.(?:js|css|svg|json|html)$/;
let plain = 0;
let small = 0;

for (const name of await readdir(folder, { recursive: true })) {
  const path = join(folder, name);
  if (!compressible.test(name) || name.startsWith(".vite") || (await stat(path)).isDirectory()) continue;
  const bytes = await readFile(path);
  const packed = {
    br: brotliCompressSync(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
    gz: gzipSync(bytes, { level: 9 }),
  };
  for (const [suffix, content] of Object.entries(packed)) {
    if (content.length < bytes.length) await writeFile(`${path}.${suffix}`, content);
    else await rm(`${path}.${suffix}`, { force: true });
  }
  plain += bytes.length;
  small += Math.min(packed.br.length, bytes.length);
}
console.log(`compressed ${(plain / 1024).toFixed(0)} kB to ${(small / 1024).toFixed(0)} kB (brotli)`);
