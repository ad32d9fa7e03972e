/** Timing several ways of doing the same, so that whatever else the machine does hits all alike. */

/** How long each took, each time, in ms. */
export type Times<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/** Does something once; returns how long it took, in ms. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Times each way once a round; every second round goes backwards. */
export async function inTurn<Name extends string>(
  ways: Readonly<Record<Name, () => unknown>>,
  rounds: number,
): Promise<Times<Name>> {
  const names = Object.keys(ways) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    number[]
  >;
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      times[name].push(await timed(ways[name]));
    }
  }
  return times;
}
