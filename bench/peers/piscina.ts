/**
 * piscina, or tinypool which descends from it, with 2 workers under the common workload, on Node.
 *
 * usage: node bench/peers/piscina.ts <module> [options as JSON]
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { mapByHand } from "./by_hand.ts";
import { measurePeer } from "./workload.ts";

interface Piscina {
  run(task: number): Promise<number>;
  run(task: readonly number[], options: { name: string }): Promise<readonly number[]>;
  destroy(): Promise<void>;
}

type Make = new (options: object) => Piscina;

const [module, options = "{}"] = process.argv.slice(2);
const { Piscina, default: Tinypool } = await import(module) as { Piscina?: Make; default: Make };
await measurePeer(() => {
  const pool = new (Piscina ?? Tinypool)({
    filename: fileURLToPath(new URL("./echo.ts", import.meta.url)),
    minThreads: 2,
    maxThreads: 2,
    ...JSON.parse(options),
  });
  return {
    echo: (n) => pool.run(n),
    map: (items) => mapByHand(items, (chunk) => pool.run(chunk, { name: "echoEach" })),
    close: () => pool.destroy(),
  };
});
