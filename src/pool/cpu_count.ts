/** How many workers are worth while. */
import { currentPlatform } from "../platform/current.ts";

/**
 * How many processors this process may use, by affinity and quota; at least 1.
 *
 * @example
 * ```ts
 * import { cpuCount } from "@x/mp";
 *
 * console.log(`${cpuCount()} processors`);
 * ```
 */
export function cpuCount(): number {
  return currentPlatform().processors();
}
