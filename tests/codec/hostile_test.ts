import { assert, assertEquals, assertThrows } from "@std/assert";
import process from "node:process";
import { decode } from "../../src/codec/decode.ts";
import { SerializationError } from "../../src/errors.ts";
import { test } from "../support/harness.ts";
import { difference } from "./difference.ts";
import { Random } from "./random.ts";
import { bytesOf, hex, unhex } from "./trip.ts";
import { valueOf } from "./values.ts";

/** What decoding came to; anything but a value or a SerializationError fails the test. */
function outcomeOf(bytes: Uint8Array): "value" | "refused" {
  try {
    decode(bytes);
    return "value";
  } catch (thrown) {
    if (thrown instanceof SerializationError) return "refused";
    throw new Error(`decoding ${hex(bytes).slice(0, 1000)}`, { cause: thrown });
  }
}

const samples = Array.from({ length: 200 }, (_, seed) => {
  return bytesOf(valueOf(seed, { depth: 3, errors: true }));
});

test("40,000 random inputs are a value or refused", () => {
  const random = new Random(1);
  const outcomes = { value: 0, refused: 0 };
  for (let i = 0; i < 40_000; i++) {
    const bytes = random.bytes(random.below(60));
    // Most of the time begin with a container.
    if (bytes.length > 0 && random.below(4) > 0) bytes[0] = 0xa0 + random.below(0x60);
    outcomes[outcomeOf(bytes)]++;
  }
  assert(outcomes.value > 100 && outcomes.refused > 1000, JSON.stringify(outcomes));
});

test("60,000 mutated encodings are a value or refused", () => {
  const random = new Random(2);
  const outcomes = { value: 0, refused: 0 };
  for (let i = 0; i < 60_000; i++) {
    const bytes = random.pick(samples).slice(0, 2000);
    for (let changes = 1 + random.below(3); changes > 0 && bytes.length > 0; changes--) {
      const at = random.below(bytes.length);
      if (random.below(2) === 0) bytes[at] = bytes[at]! ^ (1 << random.below(8));
      else bytes[at] = random.below(4) === 0 ? 0xff : random.bits();
    }
    outcomes[outcomeOf(bytes)]++;
  }
  assert(outcomes.value > 1000 && outcomes.refused > 1000, JSON.stringify(outcomes));
});

test("an encoding that is cut short or goes on is refused", () => {
  const random = new Random(3);
  for (const bytes of samples) {
    for (let i = 0; i < 20; i++) {
      assertEquals(outcomeOf(bytes.subarray(0, random.below(bytes.length))), "refused");
    }
    assertEquals(outcomeOf(Uint8Array.of(...bytes, random.bits())), "refused");
  }
});

test("a planted fault is seen: a flipped bit makes another value, or none", () => {
  const value = { id: 7, name: "ada", re: /a/g, bytes: new Uint8Array([1, 2, 3]), n: 0.5 };
  const bytes = bytesOf(value);
  let same = 0;
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const wrong = bytes.slice();
    wrong[bit >> 3] = wrong[bit >> 3]! ^ (1 << (bit & 7));
    if (outcomeOf(wrong) === "value" && difference(value, decode(wrong)) === undefined) same++;
  }
  assertEquals(same, 0);
});

/** Lengths as they are written: 2^32, 2^53 - 1, and more than any integer. */
const LENGTHS = ["8080808010", "ffffffffffffff0f", "ffffffffffffffff7f", "ffffffffffffffffffff01"];

test("a length of gigabytes is refused before anything is allocated", () => {
  const before = process.memoryUsage().rss;
  const heads = [
    "da", // a bigint
    "db", // UTF-8
    "dc", // UTF-16
    "f1", // units
    "dd", // an array
    "e1", // a map
    "e2", // a set
    "e7", // a buffer
    "e80a", // a buffer that can grow, of that length
    "ec02", // a view with its buffer
    "ed", // a reference
    "ef03", // numbers
    "f0", // keys
    "e0", // the keys of an earlier object
  ];
  for (const head of heads) {
    for (const length of LENGTHS) {
      for (let i = 0; i < 50; i++) {
        assertEquals(outcomeOf(unhex(`${head}${length}00000000`)), "refused", `${head} ${length}`);
      }
    }
  }
  // A part of a buffer: from 0, 2^40 bytes, at byte 25.
  const part = new Uint8Array(30);
  part.set([0xea, 2, 0, 1, 0xe9]);
  part.set(new Uint8Array(new Float64Array([0, 2 ** 40, 29]).buffer), 5);
  assertEquals(outcomeOf(part), "refused");
  assert(process.memoryUsage().rss - before < 100 << 20);
});

test("an array of four thousand million holes takes no memory", () => {
  const before = process.memoryUsage().rss;
  const arrays: unknown[] = [];
  for (let i = 0; i < 200; i++) {
    arrays.push(decode(unhex("deffffffff0f00")), decode(unhex("deffffff0700")));
  }
  // The second is short enough for engines to allocate it.
  assertEquals((arrays[0] as unknown[]).length, 2 ** 32 - 1);
  assertEquals((arrays[1] as unknown[]).length, 2 ** 24 - 1);
  assert(process.memoryUsage().rss - before < 100 << 20);
});

test("what refers to nothing, or to what is not finished, is refused", () => {
  const refused = [
    "", // nothing
    "ed00", // a reference to no object
    "a1ed05", // to a later one
    "e5ed00", // a boxed value of itself
    "e5d0", // a boxed undefined
    "b0", // an object with keys that were not defined
    "a1e005", // the same
    "ea020000ed00", // a view of itself
    "ea0200002a", // a view of a number
    "ec0601", // a view that is cut
    "ec0d0100", // a view of a kind that there is not
    "ec060300000000", // an Int32Array of three bytes
    "e4817b8178", // a regular expression with flag x
    "e481288100", // and one with an open parenthesis
    "e60900", // an error of no class
    "ef0400", // numbers of no width
    "d4", // a hole that is nowhere
    "de0181866c656e67746801", // an array whose length is a property
    "f2", // tags that are not used
    "ff",
  ];
  for (const text of refused) {
    assertThrows(() => decode(unhex(text)), SerializationError, "Cannot decode: ", text);
  }
});

test("a nest of a million levels is refused", () => {
  for (const level of ["a1", "e5", "e201", "e10100", "df028161", "e60008", "ea020000"]) {
    const unit = unhex(level);
    const bytes = new Uint8Array(1_000_000 * unit.length);
    for (let i = 0; i < bytes.length; i += unit.length) bytes.set(unit, i);
    assertEquals(outcomeOf(bytes), "refused", level);
  }
});

test("a key cannot reach the prototype of everything", () => {
  // {["__proto__"]: {polluted: 1}}, by hand.
  const value = decode(unhex("df0a895f5f70726f746f5f5fdf0988706f6c6c7574656401")) as object;
  assertEquals(Object.keys(value), ["__proto__"]);
  assertEquals(Object.getPrototypeOf(value), Object.prototype);
  assertEquals(({} as Record<string, unknown>)["polluted"], undefined);
});
