/** The guard: a child that is only becoming one starts no processes. */
import { ProcessError } from "../errors.ts";
import { isImporting } from "../functions/importing.ts";
import { inMainCode } from "../runtime/main_code.ts";
import { isComing } from "./current.ts";
import { isOneFile } from "./one_file.ts";

const refusals: WeakSet<object> = new WeakSet();

/**
 * @param act What is about to be done, as in `start "Process-1"`.
 * @throws {ProcessError} in a child that is still importing the module of its target or runs the main code of
 * such a module, and in the child of a compiled program that has not called `freezeSupport()`: all of them
 * would start children without end.
 */
export function assertMayStart(act: string): void {
  const coming = isComing();
  if (coming && isOneFile()) {
    throw refusal(
      `Cannot ${act}: this process is a child of a program in one file that has not found its work; ` +
        "call await freezeSupport() before anything else in the main module",
    );
  }
  if (coming || isImporting() || inMainCode()) {
    throw refusal(
      `Cannot ${act}: this process is a child that has imported the module of its target, ` +
        "and that module starts processes when it is imported; " +
        "put what only the main process shall do inside if (import.meta.main) { … }, " +
        "or if (isMainProcess()) { … } where there is no import.meta",
    );
  }
}

/** How many causes of causes are looked at: they may form a ring. */
const MAX_CAUSES = 64;

/** The refusal by {@linkcode assertMayStart} that an error comes from, if it does. */
export function refusalIn(error: unknown): unknown {
  try {
    let cause = error;
    for (let i = 0; i < MAX_CAUSES && cause instanceof Error; i++, cause = cause.cause) {
      if (refusals.has(cause)) return cause;
    }
  } catch {
    // It is an error of a user's that cannot even be looked at.
  }
  return undefined;
}

function refusal(message: string): ProcessError {
  const error = new ProcessError(message);
  refusals.add(error);
  return error;
}
