/** How a worker begins and ends: what the options of a pool say of that, as it can be sent. */
import { describeFunction } from "../functions/describe.ts";
import type { FunctionReference } from "../functions/reference.ts";
import { checkArgs } from "../parking/checks.ts";
import { mainModule } from "../process/current.ts";
import { checkAmount, checkCount, type PoolOptions } from "./options.ts";

/** How a worker begins and ends. */
export interface WorkerPlan {
  /** What it calls first. */
  readonly initializer?: FunctionReference;
  /** With what. */
  readonly initArgs: readonly unknown[];
  /** After how many tasks it ends. */
  readonly maxTasks: number;
  /** From how many resident bytes on it ends. */
  readonly maxMemory: number;
}

/**
 * The plan of a pool's workers.
 *
 * @throws {RangeError} if a limit is out of its bounds.
 * @throws {TypeError} if the initializer is no function that others can find.
 */
export function planOf(act: string, options: PoolOptions): WorkerPlan {
  const { initializer, initArgs, maxTasksPerWorker, maxMemoryPerWorker } = options;
  const count = maxTasksPerWorker === undefined
    ? Infinity
    : checkCount(act, "maxTasksPerWorker", maxTasksPerWorker);
  return {
    initializer: initializer === undefined
      ? undefined
      : describeFunction(initializer, undefined, mainModule()),
    initArgs: checkArgs(act, "initArgs", initArgs ?? []),
    maxTasks: count,
    maxMemory: checkAmount(act, "maxMemoryPerWorker", maxMemoryPerWorker) ?? Infinity,
  };
}
