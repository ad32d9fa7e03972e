import { assertEquals, assertThrows } from "@std/assert";
import { OutOfMemoryError, type SharedMap, sharedMap } from "../../mod.ts";
import { MOST_ENTRIES } from "../../src/map/capacity.ts";
import { hashOf } from "../../src/map/hash.ts";
import { MAP, stripeAt, STRIPES } from "../../src/map/layout.ts";
import { partyOf } from "../../src/map/party.ts";
import { objectOfMap } from "../../src/map/shared_map.ts";
import { Stripe } from "../../src/map/stripe.ts";
import { encodeOrSpill } from "../../src/codec/encode.ts";
import { member } from "../../src/parking/member.ts";
import { cells } from "../fixtures/shared/count.ts";
import { test } from "../support/harness.ts";
import "../support/shared_memory.ts";

/** Integers that are keys of the first stripe of a map, and of no other. */
function* keysOfOneStripe(map: SharedMap<number, number>): Generator<number> {
  const seed = member().heap.words.load(objectOfMap(map as SharedMap) + MAP.seed);
  const words = new Int32Array(8);
  const bytes = new Uint8Array(words.buffer);
  const options = { root: "key", context: undefined as never };
  for (let key = 0;; key++) {
    words.fill(0);
    const length = encodeOrSpill(bytes, key, options) as number;
    bytes.fill(0, length);
    if ((hashOf(words, length, seed) & (STRIPES - 1)) === 0) yield key;
  }
}

test("a part of a map that is full refuses one more and keeps what it has; when emptied it gives all back", () => {
  const before = cells();
  using map = sharedMap<number, number>();
  const empty = cells();
  const stripe = new Stripe(partyOf(member()), stripeAt(objectOfMap(map as SharedMap), 0));
  const keys = keysOfOneStripe(map);
  const taken: number[] = [];
  while (taken.length < MOST_ENTRIES) {
    const key = keys.next().value!;
    map.setSync(key, taken.push(key));
  }
  assertEquals([map.size, stripe.live], [MOST_ENTRIES, MOST_ENTRIES]);

  const more = [keys.next().value!, keys.next().value!, keys.next().value!];
  const full = cells();
  for (const key of more) {
    assertThrows(() => map.setSync(key, 0), OutOfMemoryError, `${MOST_ENTRIES} entries`);
    assertThrows(() => map.getOrInsertSync(key, 0), OutOfMemoryError, "Cannot add to the map");
    assertEquals([map.hasSync(key), map.deleteSync(key)], [false, false]);
  }
  assertEquals([map.size, cells()], [MOST_ENTRIES, full], "a refused entry leaves nothing");
  assertEquals(taken.filter((key, i) => map.getSync(key) !== i + 1), []);

  // What is there can be changed, and be exchanged for others: many times, also past slots that are deleted.
  map.setSync(taken[5], -5);
  assertEquals(map.getSync(taken[5]), -5);
  for (let i = 0; i < 20_000; i++) {
    map.deleteSync(taken[i]);
    taken[i] = keys.next().value!;
    map.setSync(taken[i], i + 1);
  }
  assertThrows(() => map.setSync(more[0], 0), OutOfMemoryError);
  assertEquals(stripe.live, MOST_ENTRIES);
  assertEquals(taken.filter((key, i) => map.getSync(key) !== i + 1), []);

  assertEquals(taken.filter((key) => !map.deleteSync(key)), []);
  assertEquals([map.size, cells()], [0, empty], "the tables shrink and go");
  map[Symbol.dispose]();
  assertEquals(cells(), before);
});
