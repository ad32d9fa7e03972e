/**
 * Writing out what a program has written to its standard streams, before its end: where these are pipes,
 * Node and Bun write what does not fit at once on later turns of the event loop, and `exit()` drops it.
 *
 * A stream that nobody has used is not touched: to ask for it would make it.
 */

/** The part of a standard stream that is used here. */
interface Output {
  readonly writableLength: number;
  write(text: string, callback: () => void): void;
  end(callback: () => void): void;
  once(event: "error", callback: () => void): void;
}

/** The standard streams of `process`, made when they are asked for. */
export interface Outputs {
  /** Standard output. */
  readonly stdout: Output;
  /** Standard error. */
  readonly stderr: Output;
}

/** Node: a pipe that was used counts among the active resources. */
export async function flushNode(
  process: Outputs & { getActiveResourcesInfo(): string[] },
): Promise<void> {
  if (!process.getActiveResourcesInfo().includes("PipeWrap")) return;
  for (const output of [process.stdout, process.stderr]) {
    if (output.writableLength > 0) await settled(output, (done) => output.write("", done));
  }
}

/** Bun: a pipe that was used is written to by a duplicate. Its length says 0 always. */
export async function flushBun(
  process: Outputs,
  isDuplicated: (fd: number) => boolean,
): Promise<void> {
  for (const [fd, name] of [[1, "stdout"], [2, "stderr"]] as const) {
    if (isDuplicated(fd)) await settled(process[name], (done) => process[name].end(done));
  }
}

/** Also when nobody reads any more: that is nothing to complain about at the end. */
function settled(output: Output, act: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    output.once("error", () => resolve());
    act(() => resolve());
  });
}
