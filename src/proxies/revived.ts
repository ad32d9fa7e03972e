/** Errors that a manager has thrown, as what they were. */
import * as errors from "../errors.ts";

const OWN: ReadonlyMap<string, object> = new Map(
  Object.entries(errors).map(([name, type]) => [name, type.prototype]),
);

/**
 * An error as it came from a manager, an instance again of its class if that is one of the language's or of this
 * module's; its stack says where it was thrown.
 */
export function revived(error: unknown, pid?: number): unknown {
  if (!(error instanceof Error)) return error;
  // What a worker of a pool has thrown has the name of that, and fields of ours.
  const prototype = "remoteStack" in error ? errors.RemoteError.prototype : OWN.get(error.name);
  if (prototype !== undefined) Object.setPrototypeOf(error, prototype);
  const place = `\n    in the manager${pid === undefined ? "" : ` (process ${pid})`}`;
  Object.defineProperty(error, "stack", {
    value: `${error.stack ?? ""}${place}${new Error().stack?.replace(/^[^\n]*/, "") ?? ""}`,
    configurable: true,
    writable: true,
  });
  return error;
}
