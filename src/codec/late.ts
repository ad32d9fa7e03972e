/** Crossings that a process makes known to itself when the first thing of their kind comes. */
import { currentRuntime } from "../runtime/current.ts";
import { type Crossing, crossingOf } from "./crossing.ts";
import { malformed } from "./input.ts";

/**
 * The crossing with a tag, which its module registers.
 *
 * @throws {SerializationError} if the module cannot be loaded in the middle of a message.
 */
export function lateCrossing(tag: number, module: string): Crossing {
  const known = crossingOf(tag);
  if (known !== undefined) return known;
  let cause: unknown;
  try {
    currentRuntime().loadNow(module);
  } catch (error) {
    cause = error;
  }
  return crossingOf(tag) ??
    malformed(
      `its class is not loaded in this process (import it in the module of the function): ${module}`,
      cause,
    );
}
