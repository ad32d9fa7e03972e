/**
 * piscina's echo of bytes, on Node; the last line printed is JSON.
 *
 * usage: node bench/arrays/piscina.ts <module of piscina>
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { perCall, SIZES } from "./figures.ts";
import type { Figures } from "../contest.ts";

interface Piscina {
  run(task: Uint8Array): Promise<Uint8Array>;
  destroy(): Promise<void>;
}

const { Piscina } = await import(process.argv[2]) as { Piscina: new (options: object) => Piscina };
const pool = new Piscina({
  filename: fileURLToPath(new URL("../peers/echo.ts", import.meta.url)),
  minThreads: 1,
  maxThreads: 1,
});
const figures: Figures = {};
for (const [name, size] of Object.entries(SIZES)) {
  if (size > 2 ** 23) continue;
  const bytes = new Uint8Array(size);
  await perCall(size > 2 ** 20 ? 5 : 500, () => pool.run(bytes));
  figures[`pass ${name}, µs`] = await perCall(size > 2 ** 20 ? 40 : 1000, () => pool.run(bytes));
}
console.log(JSON.stringify(figures));
await pool.destroy();
