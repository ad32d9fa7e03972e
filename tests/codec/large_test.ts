import { assertEquals, assertStrictEquals } from "@std/assert";
import { test } from "../support/harness.ts";
import { difference } from "./difference.ts";
import { bytesOf, trip } from "./trip.ts";

test("strings of every length around each limit arrive", () => {
  const alphabets = ["a", "é", "日", "🐧", "\ud800"];
  for (const limit of [0, 32, 64, 128, 4096, 16_384, 32_768, 65_536]) {
    for (let length = Math.max(0, limit - 2); length < limit + 3; length++) {
      for (const letter of alphabets) {
        const text = letter.repeat(length);
        assertStrictEquals(trip(text), text, `${length} × ${letter}`);
        const mixed = `${"a".repeat(length)}${letter}`;
        assertStrictEquals(trip(mixed), mixed, `${length} × a, then ${letter}`);
      }
    }
  }
});

test("strings of 20 million characters arrive", () => {
  for (const letter of ["a", "日"]) {
    const text = letter.repeat(20_000_000);
    assertStrictEquals(trip(text), text);
  }
  const lone = `${"a".repeat(1_000_000)}\udc00`;
  assertStrictEquals(trip(lone), lone);
});

test("arrays of 2 million items arrive", () => {
  const numbers = Array.from({ length: 2_000_000 }, (_, i) => i);
  const copy = trip(numbers);
  assertEquals(copy.length, 2_000_000);
  assertEquals(copy.findIndex((item, i) => item !== i), -1);
  const records = Array.from({ length: 200_000 }, (_, i) => ({ i }));
  assertEquals(trip(records).findIndex(({ i }, at) => i !== at), -1);
  const texts = Array.from({ length: 200_000 }, (_, i) => `${i}`);
  assertEquals(trip(texts).findIndex((text, at) => text !== `${at}`), -1);
});

test("64 MiB of bytes arrive", () => {
  const bytes = new Uint8Array(64 << 20);
  for (let i = 0; i < bytes.length; i += 4096) bytes[i] = i >> 12;
  const copy = trip(bytes);
  assertEquals(copy.length, bytes.length);
  for (let i = 0; i < bytes.length; i += 4096) {
    if (copy[i] !== bytes[i]) throw new Error(`byte ${i} is ${copy[i]}`);
  }
});

test("bigints of any size arrive", () => {
  for (const bits of [0n, 1n, 7n, 8n, 31n, 62n, 63n, 64n, 65n, 127n, 128n, 1000n, 1_000_000n]) {
    for (const near of [-1n, 0n, 1n]) {
      const value = 2n ** bits + near;
      assertStrictEquals(trip(value), value);
      assertStrictEquals(trip(-value), -value);
    }
  }
});

test("numbers arrive bit for bit, and small ones are small", () => {
  const edges = [0, 1, 127, 128, 129, 255, 256, 32_767, 32_768, 65_535, 2 ** 31 - 1, 2 ** 31];
  const more = [2 ** 32, 2 ** 53, 1e308, 5e-324, 0.1, -0, NaN, Infinity];
  const all = [...edges, ...more].flatMap((number) => [number, -number, number + 0.5, -number - 1]);
  for (const number of all) assertStrictEquals(trip(number), number);
  assertEquals(difference(all, trip(all)), undefined);
  assertEquals([42, 127, 128, -1, 300, 70_000, 0.5].map((n) => bytesOf(n).length), [
    1,
    1,
    3,
    2,
    3,
    5,
    9,
  ]);
});

test("arrays of numbers of every width and length arrive", () => {
  for (
    const items of [[1, -128, 127], [300, -32768], [70_000], [0.5, 1], [-0, 1], [NaN], [2 ** 40]]
  ) {
    for (const length of [1, 7, 8, 9, 255, 256, 257, 511, 512, 513, 1025]) {
      const numbers = Array.from({ length }, (_, i) => items[i % items.length]!);
      assertEquals(difference(numbers, trip(numbers)), undefined, `${length} of ${items}`);
      assertEquals(difference([...numbers, "x"], trip([...numbers, "x"])), undefined);
    }
  }
});
