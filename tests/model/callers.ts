/** Where in its code a participant is. */

/** The frames of a participant's code, down to the operation that it performs. */
export function callers(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  const lines = (new Error().stack ?? "").split("\n");
  Error.stackTraceLimit = limit;
  const frames: string[] = [];
  for (const line of lines) {
    if (/\b(callers|replay)\.ts\b/.test(line)) {
      if (frames.length > 0) break; // who called the participant
    } else if (/:\d+:\d+\)?$/.test(line)) frames.push(line.trim());
  }
  return frames.join("\n");
}
