/** A map as one writes it for a pool that has none: chunks cut by hand, a task each. */

/** How many items go to a worker at a time. */
const CHUNK = 1_000;

/** Maps by tasks that take a chunk of items each. */
export async function mapByHand(
  items: readonly number[],
  run: (chunk: readonly number[]) => Promise<readonly number[]>,
): Promise<readonly number[]> {
  const chunks: Promise<readonly number[]>[] = [];
  for (let start = 0; start < items.length; start += CHUNK) {
    chunks.push(run(items.slice(start, start + CHUNK)));
  }
  return (await Promise.all(chunks)).flat();
}
