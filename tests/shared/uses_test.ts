import { assert, assertEquals } from "@std/assert";
import { inflateSync } from "node:zlib";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { Barrier, Pool, Process, sharedArray } from "../../mod.ts";
import { blocks } from "../fixtures/shared/count.ts";
import {
  countBytes,
  crc32,
  live,
  prefixSum,
  render,
  renderRow,
  step,
  toPng,
} from "../fixtures/shared/uses.ts";
import { random } from "../fixtures/shared/churn.ts";
import { addPlainly } from "../fixtures/shared/plain.ts";
import { registerLeakCheck, test } from "../support/harness.ts";

registerLeakCheck("blocks", blocks);

test("a prefix sum in place, by all workers", async () => {
  await using pool = new Pool(3);
  const next = random(1);
  using xs = sharedArray("d", 100_001);
  // Whole numbers: their sums are exact in any order.
  for (let i = 0; i < xs.length; i++) xs[i] = Math.floor(next() * 1000);
  let sum = 0;
  const expected = xs.slice().map((x) => sum += x);
  await prefixSum(pool, xs);
  assert(expected.every((x, i) => x === xs[i]));
});

test("an image rendered by all workers into one array is a PNG file that shows it", async () => {
  await using pool = new Pool(2);
  const { pixels, width, height } = await render(pool, 90, 50);
  const alone = { pixels: new Uint8ClampedArray(4 * width * height), width, height };
  for (let row = 0; row < height; row++) renderRow(alone, row);
  assertEquals(pixels.slice(), alone.pixels);
  assert(new Set(pixels).size > 100, "there is something to be seen");
  const folder = mkdtempSync(`${tmpdir()}/x-mp-test-`);
  try {
    writeFileSync(`${folder}/mandelbrot.png`, toPng({ pixels, width, height }));
    assertEquals(decodePng(readFileSync(`${folder}/mandelbrot.png`)), alone);
  } finally {
    rmSync(folder, { recursive: true });
    (pixels as typeof pixels & Disposable)[Symbol.dispose]();
  }
});

/** Reads what `toPng` writes, and checks every checksum. */
function decodePng(file: Uint8Array): unknown {
  assertEquals([...file.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks = new Map<string, Uint8Array>();
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 8; at < file.length;) {
    const length = view.getUint32(at);
    const body = file.subarray(at + 4, at + 8 + length);
    assertEquals(view.getUint32(at + 8 + length), crc32(body));
    chunks.set(new TextDecoder().decode(body.subarray(0, 4)), body.subarray(4));
    at += 12 + length;
  }
  assertEquals([...chunks.keys()], ["IHDR", "IDAT", "IEND"]);
  // As the standard has it, and not only as we do.
  assertEquals(crc32(new TextEncoder().encode("IEND")), 0xae426082);
  const header = chunks.get("IHDR")!;
  const size = new DataView(header.buffer, header.byteOffset);
  const [width, height] = [size.getUint32(0), size.getUint32(4)];
  const raw = inflateSync(chunks.get("IDAT")!);
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let row = 0; row < height; row++) {
    const from = row * (1 + 4 * width);
    assertEquals(raw[from], 0);
    pixels.set(raw.subarray(from + 1, from + 1 + 4 * width), 4 * width * row);
  }
  return { pixels, width, height };
}

test("a histogram by atomic additions counts every byte", async () => {
  await using pool = new Pool(3);
  const next = random(2);
  using bytes = sharedArray("B", 200_000);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(256 * next() ** 2);
  using counts = sharedArray("i", 256);
  const size = 10_000;
  const parts = Array.from({ length: bytes.length / size }, (_, i) => i * size);
  await Promise.all(
    parts.map((at) => pool.apply(countBytes, [bytes.subarray(at, at + size), counts])),
  );
  const expected = new Int32Array(256);
  for (const byte of bytes) expected[byte]++;
  assertEquals(counts.slice(), expected);
});

test("Life in three processes, which wait for each other after each generation", async () => {
  const [width, height, times, parties] = [40, 30, 60, 3];
  using cells = sharedArray("B", 2 * width * height);
  using barrier = new Barrier(parties);
  const next = random(3);
  const generations = [0, 1].map((i) =>
    cells.subarray(i * width * height, (i + 1) * width * height)
  );
  const world = { generations: generations as [Uint8Array, Uint8Array], width, height };
  for (let i = 0; i < width * height; i++) cells[i] = next() < 0.3 ? 1 : 0;
  const alone = { ...world, generations: generations.map((all) => all.slice()) as never };
  for (let time = 0; time < times; time++) step(alone, time, 0, height);
  const rows = height / parties;
  const children = Array.from({ length: parties }, (_, i) => {
    const args: Parameters<typeof live> = [world, i * rows, (i + 1) * rows, times, barrier];
    return new Process(live, { args }).start();
  });
  await Promise.all(children.map((child) => child.result));
  await Promise.all(children.map((child) => child.join()));
  assertEquals(generations[0].slice(), alone.generations[0]);
  assert(generations[0].includes(1), "somebody lives");
});

test("plain additions of two processes to one element are lost, as the README says", async () => {
  const times = 20_000_000;
  // Which of two is interrupted when is the machine's affair: often enough it is in the middle.
  for (let attempt = 0; attempt < 20; attempt++) {
    using xs = sharedArray("i", 2);
    const children = [1, 2].map(() => new Process(addPlainly, { args: [xs, times] }).start());
    await Promise.all(children.map((child) => child.join()));
    assert(xs[0] > 0 && xs[0] <= 2 * times);
    if (xs[0] < 2 * times) return;
  }
  throw new Error("No addition was lost in 20 attempts");
});
