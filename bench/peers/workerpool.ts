/**
 * workerpool with 2 workers under the common workload, on Node.
 *
 * usage: node bench/peers/workerpool.ts <module> thread|process
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { mapByHand } from "./by_hand.ts";
import { measurePeer } from "./workload.ts";

interface Workerpool {
  exec<R>(method: string, args: readonly unknown[]): Promise<R>;
  terminate(): Promise<void>;
}

const [module, workerType] = process.argv.slice(2);
const { default: workerpool } = await import(module) as {
  default: { pool(script: string, options: object): Workerpool };
};
// Where the worker finds the module.
process.env.WORKERPOOL = module;
await measurePeer(() => {
  const script = fileURLToPath(new URL("./workerpool_worker.ts", import.meta.url));
  const pool = workerpool.pool(script, { workerType, minWorkers: 2, maxWorkers: 2 });
  return {
    echo: (n) => pool.exec<number>("echo", [n]),
    map: (items) => mapByHand(items, (chunk) => pool.exec("echoEach", [chunk])),
    close: () => pool.terminate(),
  };
});
