/** The oldest runtimes that this package runs on. */
import { UnsupportedError } from "../errors.ts";

/** By name, as `major.minor`; npm's `engines` say the same. */
export const OLDEST = { deno: "2.8", bun: "1.4", node: "22.0" } as const;

/**
 * Says that a runtime is too old before anything that it lacks is missed.
 *
 * @throws {UnsupportedError} which names the version that would do.
 */
export function assertNewEnough(name: keyof typeof OLDEST, version: string): void {
  const [major, minor] = numbers(version);
  const [oldestMajor, oldestMinor] = numbers(OLDEST[name]);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  const spoken = { deno: "Deno", bun: "Bun", node: "Node" }[name];
  throw new UnsupportedError(
    `Cannot run on ${spoken} ${version}: this package needs ${spoken} ${OLDEST[name]} or later`,
  );
}

function numbers(version: string): number[] {
  return version.split(".").map(Number);
}
