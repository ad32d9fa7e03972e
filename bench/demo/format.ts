/** Numbers and names as the demo prints them. */

/** `1234567` as `1,234,567`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Bytes as `12.3 MB`, which are millions; a few as they are. */
export function sized(bytes: number): string {
  return bytes < 1e5 ? counted(bytes, "byte") : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** `1 file`, `2 files`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A path on one line, whatever is in it: a name may contain line breaks and escape sequences. */
export function printable(path: string): string {
  // deno-lint-ignore no-control-regex
  return /[\x00-\x1f\x7f-\x9f]/.test(path) ? JSON.stringify(path) : path;
}

/** The value in the middle; of two, their mean. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
