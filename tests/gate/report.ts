/** What the gate prints: headings, times, and the closing line. */

/** Tests, counted. */
export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

/** Adds up. */
export function sum(all: readonly Totals[]): Totals {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of all) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

/** The totals as a sentence. */
export function sentence({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** The totals that a program said, after all else that it says. */
export function parseSentence(output: string): Totals {
  const counts = [...output.matchAll(/(\d+) passed, (\d+) failed, (\d+) skipped/g)].at(-1);
  if (counts === undefined) throw new StepFailed("nothing was counted", output);
  const [passed, failed, skipped] = counts.slice(1).map(Number);
  return { passed, failed, skipped };
}

/** Something that the gate asks for does not hold. */
export class StepFailed extends Error {
  /** What the tools said. */
  readonly output: string;

  constructor(message: string, output = "") {
    super(message);
    this.output = output;
  }
}

/** Seconds since `start`, as text. */
export function seconds(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

/** Prints a heading, runs a step and prints how long it took. */
export async function step<T>(title: string, body: () => T | Promise<T>): Promise<T> {
  console.log(`\n── ${title}`);
  const start = performance.now();
  try {
    const value = await body();
    console.log(`   ${seconds(start)}`);
    return value;
  } catch (error) {
    if (error instanceof StepFailed) console.log(error.output.trimEnd());
    console.log(
      `   FAILED after ${seconds(start)}: ${error instanceof Error ? error.message : error}`,
    );
    throw error;
  }
}
