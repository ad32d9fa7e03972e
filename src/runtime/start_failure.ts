/** What is said of a child that did not start, alike on all runtimes. */
import { ProcessError, UnsupportedError } from "../errors.ts";
import type { SpawnOptions } from "./port.ts";

/**
 * The error of a child that did not start. Misuse, such as an argument with a null character, stays
 * the runtime's own `TypeError`.
 *
 * @param failure What the runtime threw, or `undefined` if it did not say.
 * @param code The reason as the kernel names it, as in `"ENOENT"`.
 */
export function startFailure(
  options: Pick<SpawnOptions, "program" | "cwd">,
  failure: unknown,
  code?: string,
): Error {
  if (failure instanceof TypeError) return failure;
  const { program, cwd } = options;
  const place = cwd === undefined ? "" : ` in "${cwd}"`;
  const reason = code === undefined ? "" : ` (${code})`;
  return new ProcessError(`Cannot start a process: "${program}" did not start${place}${reason}`, {
    cause: failure,
  });
}

/**
 * The error of a child that this process is not allowed to start.
 *
 * @param runtime How the runtime runs, as in `"Deno runs"`.
 * @param remedy The flags that would allow it.
 */
export function startForbidden(
  runtime: string,
  program: string,
  remedy: string,
  cause: unknown,
): UnsupportedError {
  return new UnsupportedError(
    `Cannot start a process: ${runtime} without the permission to run "${program}"; add ${remedy}`,
    { cause },
  );
}
