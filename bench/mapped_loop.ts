/**
 * A plain loop over mapped memory beside the same loop over ordinary memory, after warm-up:
 * `deno run -A bench/mapped_loop.ts`, `bun bench/mapped_loop.ts`, `node bench/mapped_loop.ts`.
 *
 * Each loop sees one class of typed array, as a loop of a user's does; one that sees several is 2 to 5
 * times slower over any memory.
 */

import { currentPlatform } from "../src/platform/current.ts";
import { currentRuntime } from "../src/runtime/current.ts";

const runtime = currentRuntime();
const platform = currentPlatform();

function readFloats(array: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < array.length; i++) sum += array[i];
  return sum;
}

function writeFloats(array: Float64Array): number {
  for (let i = 0; i < array.length; i++) array[i] = i * 0.5;
  return array[array.length - 1];
}

function readInts(array: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < array.length; i++) sum = (sum + array[i]) | 0;
  return sum;
}

function writeInts(array: Int32Array): number {
  for (let i = 0; i < array.length; i++) array[i] = i;
  return array[array.length - 1];
}

/**
 * Nanoseconds an element, of each of two equal loops by turns: the fastest of the rounds, which are
 * short, so that some of them have a processor for themselves.
 */
function compare<T extends { length: number }>(
  loop: (array: T) => number,
  mapped: T,
  ordinary: T,
): [mapped: number, ordinary: number] {
  const rounds = 101;
  const repeats = Math.max(1, Math.round(2 ** 20 / mapped.length));
  const time = (array: T): number => {
    const start = performance.now();
    for (let i = 0; i < repeats; i++) sink += loop(array);
    return (performance.now() - start) * 1e6 / (repeats * array.length);
  };
  const fastest: [number, number] = [Infinity, Infinity];
  for (let round = 0; round < rounds; round++) {
    fastest[0] = Math.min(fastest[0], time(mapped));
    fastest[1] = Math.min(fastest[1], time(ordinary));
  }
  return fastest;
}

let sink = 0;
console.log(`${runtime.name} ${runtime.version}, nanoseconds an element`);
console.log("loop                  elements   mapped   ordinary   ratio");
for (const length of [2 ** 10, 2 ** 16, 2 ** 21]) {
  const byteLength = 8 * length;
  const segment = platform.createSegment(byteLength);
  platform.reserve(segment, 0, byteLength);
  const mapping = platform.map(segment, 0, byteLength);
  const ordinary = new ArrayBuffer(byteLength);
  const row = (name: string, [ours, theirs]: [number, number]) => {
    const cells = [
      name.padEnd(20),
      String(length).padStart(9),
      ours.toFixed(3).padStart(8),
      theirs.toFixed(3).padStart(10),
      (ours / theirs).toFixed(2).padStart(7),
    ];
    console.log(cells.join(" "));
  };
  const floats = [new Float64Array(mapping.buffer), new Float64Array(ordinary)] as const;
  const ints = [
    new Int32Array(mapping.buffer, 0, length),
    new Int32Array(ordinary, 0, length),
  ] as const;
  row("write Float64Array", compare(writeFloats, ...floats));
  row("read Float64Array", compare(readFloats, ...floats));
  row("write Int32Array", compare(writeInts, ...ints));
  row("read Int32Array", compare(readInts, ...ints));
  mapping.unmap();
  platform.close(segment);
}
if (Number.isNaN(sink)) console.log("a loop read what nobody wrote");
