/**
 * piscina with 2 threads under the common workload, on Node.
 *
 * usage: node bench/peers/piscina.ts <module of piscina> [options as JSON]
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { measurePool } from "./workload.ts";

interface Piscina {
  run(task: number): Promise<number>;
  destroy(): Promise<void>;
}

const [module, options = "{}"] = process.argv.slice(2);
const { Piscina } = await import(module) as { Piscina: new (options: object) => Piscina };
const pool = new Piscina({
  filename: fileURLToPath(new URL("./echo.ts", import.meta.url)),
  minThreads: 2,
  maxThreads: 2,
  ...JSON.parse(options),
});
console.log(JSON.stringify(await measurePool((n) => pool.run(n))));
await pool.destroy();
