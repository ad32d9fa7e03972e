/**
 * poolifier with 2 workers under the common workload, on Node.
 *
 * usage: node bench/peers/poolifier.ts <module> <name of the pool's class>
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { mapByHand } from "./by_hand.ts";
import { measurePeer } from "./workload.ts";

interface Poolifier {
  execute<R>(data: unknown, name?: string): Promise<R>;
  destroy(): Promise<void>;
}

type Fixed = new (workers: number, script: string, options?: object) => Poolifier;
type Dynamic = new (least: number, most: number, script: string, options?: object) => Poolifier;

const [module, name] = process.argv.slice(2);
const exports = await import(module) as Record<string, unknown>;
// Where the worker finds the module, and what it is.
process.env.POOLIFIER = module;
process.env.POOLIFIER_WORKER = name.includes("Cluster") ? "ClusterWorker" : "ThreadWorker";
await measurePeer(() => {
  const script = fileURLToPath(new URL("./poolifier_worker.ts", import.meta.url));
  const pool = name.startsWith("Dynamic")
    ? new (exports[name] as Dynamic)(1, 2, script)
    : new (exports[name] as Fixed)(2, script);
  return {
    echo: (n) => pool.execute<number>(n, "echo"),
    map: (items) => mapByHand(items, (chunk) => pool.execute(chunk, "echoEach")),
    close: () => pool.destroy(),
  };
});
