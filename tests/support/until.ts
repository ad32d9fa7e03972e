/** Waiting for a fact instead of for a while. */

/** Limits of {@linkcode until}. */
export interface UntilOptions {
  /** After how many milliseconds to give up; 10,000 by default. */
  timeout?: number;
}

/**
 * Polls `fact` until it returns something truthy, and returns that.
 *
 * @param what The fact in words, for the message: `"the child is gone"`.
 */
export async function until<T>(
  fact: () => T | Promise<T>,
  what: string,
  { timeout = 10_000 }: UntilOptions = {},
): Promise<T> {
  const start = performance.now();
  let pause = 1;
  while (true) {
    const value = await fact();
    if (value) return value;
    const waited = performance.now() - start;
    if (waited > timeout) {
      throw new Error(`Waited ${Math.round(waited)} ms until ${what}: last value was ${value}`);
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, 50);
  }
}
