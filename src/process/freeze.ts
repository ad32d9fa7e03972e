/** Programs that are one file: their children run the program itself. */
import { currentRuntime } from "../runtime/current.ts";
import { isComing } from "./current.ts";
import { live } from "./live.ts";
import { isOneFile, noteFreezeSupport } from "./one_file.ts";
import { ownTicket } from "./ticket.ts";

/**
 * Lets a program that is a single file start processes: they run the same file, and this call tells them
 * apart. Such a program was compiled (`deno compile`, `bun build --compile`), or bundled so that the bundle
 * contains this package.
 *
 * Call it first, and `await` it, behind the calls of `task()` that register what children run: the file
 * cannot be imported once more. In the main process, and in a program that is more than one file, it does
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
  noteFreezeSupport();
  const ticket = ownTicket(currentRuntime().scriptArgs());
  // Others may come here in a child that has a module to begin with: theirs is not the turn.
  if (ticket === undefined || !isComing() || !isOneFile()) return;
  return live(ticket) as Promise<never>;
}
