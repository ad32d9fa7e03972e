/**
 * Python's `multiprocessing` for Deno, Bun and Node: real processes, real shared memory.
 *
 * @example Tell what went wrong between processes
 * ```ts
 * import { ProcessDiedError, ProcessError } from "@x/mp";
 *
 * const error = new ProcessDiedError("Cannot finish fib(30): its process was killed", {
 *   pid: 4711,
 *   exitCode: -9,
 *   signal: "SIGKILL",
 * });
 * if (!(error instanceof ProcessError) || error.signal !== "SIGKILL") throw error;
 * ```
 *
 * @module
 */

export * from "./src/errors.ts";
