/**
 * Shared arrays, for `deno bench -A bench/arrays_bench.ts`: loops over them, making and disposing of them, and passing
 * 8 MiB, each beside what the language has. `arrays.ts` has more rivals.
 */

import { isMainProcess, Pool, sharedArray } from "../mod.ts";
import { echoing } from "./rivals/echoing.ts";

const ELEMENTS = 2 ** 20;

export function first(xs: Float64Array): number {
  return xs[0];
}

function sum(xs: Float64Array): number {
  let total = 0;
  for (let i = 0; i < xs.length; i++) total += xs[i];
  return total;
}

function register(pool: Pool): void {
  const ordinary = new Float64Array(ELEMENTS).fill(1);
  const shared = sharedArray("float64", ELEMENTS).fill(1);

  const loop = "a loop over 8 MiB";
  Deno.bench({ name: "Float64Array", group: loop, baseline: true, fn: () => void sum(ordinary) });
  Deno.bench({ name: "sharedArray", group: loop, fn: () => void sum(shared) });

  const make = "make 1 MiB, write it, let it go";
  const BYTES = 2 ** 20;
  Deno.bench({
    name: "SharedArrayBuffer",
    group: make,
    baseline: true,
    fn: () => void new Uint8Array(new SharedArrayBuffer(BYTES)).fill(1),
  });
  Deno.bench({
    name: "sharedArray",
    group: make,
    fn() {
      using bytes = sharedArray("uint8", BYTES);
      bytes.fill(1);
    },
  });

  const pass = "pass 8 MiB";
  Deno.bench({
    name: "Float64Array to a thread and back",
    group: pass,
    baseline: true,
    fn: echoing(ordinary),
  });
  for (const [name, array] of Object.entries({ Float64Array: ordinary, sharedArray: shared })) {
    Deno.bench({
      name: `${name} to a worker of a pool`,
      group: pass,
      async fn() {
        await pool.apply(first, [array]);
      },
    });
  }
}

// The worker imports this module as well. Not closed: it ends with this process.
if (isMainProcess()) register(new Pool(1));
