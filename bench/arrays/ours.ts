/** Our figures, on whatever runtime this is; the last line printed is JSON. */
import { dispose, Pool, sharedArray, task } from "../../mod.ts";
import type { Figures } from "../contest.ts";
import { milliseconds, perCall, perRun, SIZES } from "./figures.ts";

const first = task(import.meta, (xs: Uint8Array): number => xs[0]);
const firsts = task(import.meta, (all: Uint8Array[]): number => all[0][0]);

async function passing(figures: Figures): Promise<void> {
  await using pool = new Pool(1);
  const arrays = Object.entries(SIZES).map(([name, size]) => {
    return { name, xs: sharedArray("B", size), times: [] as number[] };
  });
  for (let round = 0; round < 7; round++) {
    for (const { xs, times } of round % 2 === 0 ? arrays : arrays.toReversed()) {
      times.push(await perCall(round === 0 ? 3000 : 1000, () => pool.apply(first, [xs])));
    }
  }
  for (const { name, xs, times } of arrays) {
    figures[`pass ${name}, µs`] = Math.min(...times.slice(1));
    dispose(xs);
  }
}

async function attaching(figures: Figures): Promise<void> {
  await using pool = new Pool(1);
  const count = 200;
  // The best of each: their difference in one round is mostly that of what else the machine did.
  const best = { fresh: Infinity, known: Infinity };
  for (let round = 0; round < 24; round++) {
    const all = Array.from({ length: count }, () => sharedArray("B", 2 ** 16));
    const send = async (): Promise<number> => {
      const start = performance.now();
      await pool.apply(firsts, [all]);
      return performance.now() - start;
    };
    best.fresh = Math.min(best.fresh, await send());
    best.known = Math.min(best.known, await send());
    all.forEach((xs) => dispose(xs));
  }
  figures["attach 64 KiB, µs"] = (best.fresh - best.known) * 1e3 / count;
}

function allocating(figures: Figures): void {
  for (const [name, size] of [["8 B", 8], ["64 KiB", 2 ** 16], ["1 MiB", 2 ** 20]] as const) {
    figures[`allocate + free ${name}, µs`] = perRun(30, size > 2 ** 16 ? 40 : 200, () => {
      dispose(sharedArray("B", size));
    });
  }
}

function filling(figures: Figures): void {
  const length = 2 ** 27;
  let [shared, own]: Float64Array[] = [];
  figures["1 GiB: allocate, ms"] = milliseconds(() => shared = sharedArray("d", length));
  figures["1 GiB: first fill, ms"] = milliseconds(() => shared.fill(1));
  figures["1 GiB: fill, ms"] = Math.min(
    ...[1, 2, 3, 4, 5].map(() => milliseconds(() => shared.fill(2))),
  );
  figures["1 GiB: free, ms"] = milliseconds(() => dispose(shared));
  figures["1 GiB of own memory: allocate, ms"] = milliseconds(() => own = new Float64Array(length));
  figures["1 GiB of own memory: first fill, ms"] = milliseconds(() => own.fill(1));
  figures["1 GiB of own memory: fill, ms"] = Math.min(
    ...[1, 2, 3, 4, 5].map(() => milliseconds(() => own.fill(2))),
  );
}

// One class a loop, as a user's loop has it.
const LOOPS = {
  "read Float64Array": (array: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < array.length; i++) sum += array[i];
    return sum;
  },
  "write Float64Array": (array: Float64Array): number => {
    for (let i = 0; i < array.length; i++) array[i] = i * 0.5;
    return array[1];
  },
};
const INT_LOOPS = {
  "read Int32Array": (array: Int32Array): number => {
    let sum = 0;
    for (let i = 0; i < array.length; i++) sum = (sum + array[i]) | 0;
    return sum;
  },
  "write Int32Array": (array: Int32Array): number => {
    for (let i = 0; i < array.length; i++) array[i] = i;
    return array[1];
  },
};

let sink = 0;

/** How many times as fast a loop over a shared array is as the same over an ordinary one. */
function compare<T>(loop: (array: T) => number, shared: T, ordinary: T): number {
  const fastest = [Infinity, Infinity];
  const often = (array: T): void => {
    for (let i = 0; i < 20; i++) sink += loop(array);
  };
  for (let round = 0; round < 400; round++) {
    [shared, ordinary].forEach((array, i) => {
      fastest[i] = Math.min(fastest[i], milliseconds(() => often(array)));
    });
  }
  return fastest[1] / fastest[0];
}

function looping(figures: Figures): void {
  // Small enough for the first cache but one: how the pages of either happen to lie is not the question.
  const length = 2 ** 13;
  using floats = sharedArray("d", length);
  for (const [name, loop] of Object.entries(LOOPS)) {
    figures[`loop: ${name}, ×`] = compare<Float64Array>(loop, floats, new Float64Array(length));
  }
  using ints = sharedArray("i", length);
  for (const [name, loop] of Object.entries(INT_LOOPS)) {
    figures[`loop: ${name}, ×`] = compare<Int32Array>(loop, ints, new Int32Array(length));
  }
}

if (import.meta.main) {
  const figures: Figures = {};
  looping(figures);
  await passing(figures);
  await attaching(figures);
  allocating(figures);
  filling(figures);
  if (Number.isNaN(sink)) console.log("a loop read what nobody wrote");
  console.log(JSON.stringify(figures));
}
