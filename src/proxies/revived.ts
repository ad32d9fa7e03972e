/** Errors that a manager has thrown. */

/** An error as it came from a manager, whose stack says where it was thrown. */
export function revived(error: unknown, pid?: number): unknown {
  if (!(error instanceof Error)) return error;
  const place = `\n    in the manager${pid === undefined ? "" : ` (process ${pid})`}`;
  Object.defineProperty(error, "stack", {
    value: `${error.stack ?? ""}${place}${new Error().stack?.replace(/^[^\n]*/, "") ?? ""}`,
    configurable: true,
    writable: true,
  });
  return error;
}
