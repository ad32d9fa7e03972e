/** Programs that are one file: their children run the program itself. */
import { currentRuntime } from "../runtime/current.ts";
import { isComing } from "./current.ts";
import { live } from "./live.ts";
import { readTicket } from "./ticket.ts";

/**
 * Lets a program that was compiled into a single file (`deno compile`, `bun build --compile`) start
 * processes: they run the same file, and this call tells them apart.
 *
 * Call it first, and `await` it, behind the calls of `task()` that register what children run: a compiled
 * module cannot be imported once more. In the main process, and in a program that is not compiled, it does
 * nothing. In a child it never returns.
 *
 * @example
 * ```ts
 * import { freezeSupport, Process, task } from "@x/mp";
 *
 * const double = task(import.meta, (n: number): number => 2 * n);
 * await freezeSupport();
 *
 * if (import.meta.main) {
 *   console.log(await new Process(double, { args: [21] }).start().result); // 42
 * }
 * ```
 */
export function freezeSupport(): void | Promise<never> {
  const runtime = currentRuntime();
  const ticket = runtime.standalone ? readTicket(runtime.scriptArgs()[0]) : undefined;
  if (ticket === undefined || !isComing()) return;
  return live(ticket) as Promise<never>;
}
