/** How functions are found in this process: said by a layer above, used by whoever receives a function. */
import { ProcessError } from "../errors.ts";
import { oneState } from "../runtime/one_state.ts";
import type { Lookup } from "./importing.ts";

const current = oneState("lookup 1", (): { lookup?: Lookup } => ({}));

/** Says how functions are found in this process. */
export function provideLookup(lookup: Lookup): void {
  current.lookup = lookup;
}

/**
 * How functions are found in this process.
 *
 * @throws {ProcessError} if nobody has said so.
 */
export function currentLookup(): Lookup {
  if (current.lookup === undefined) {
    throw new ProcessError("Cannot look for a function: this process does not know yet how to");
  }
  return current.lookup;
}
