import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { encode } from "../../src/codec/encode.ts";
import { test } from "../support/harness.ts";
import { difference } from "./difference.ts";
import { Random } from "./random.ts";
import { bytesOf, trip } from "./trip.ts";
import { TYPED_ARRAYS } from "./views.ts";

test("every kind of view arrives, whole, in part and empty", () => {
  for (const View of TYPED_ARRAYS) {
    const buffer = new Random(1).bytes(80).buffer;
    const size = View.BYTES_PER_ELEMENT;
    const views = [
      new View(buffer),
      new View(buffer, size, 3),
      new View(buffer, 80 - size),
      new View(buffer, size, 0),
      new View(0),
    ];
    for (const view of views) assertEquals(difference(view, trip(view)), undefined, View.name);
  }
  const view = new DataView(new Random(2).bytes(80).buffer, 3, 7);
  assertEquals(difference(view, trip(view)), undefined);
});

test("views of one buffer stay views of one buffer", () => {
  const { buffer } = new Random(3).bytes(1000);
  const value = [
    new Uint8Array(buffer, 500, 20),
    new Float64Array(buffer, 504, 1),
    new DataView(buffer, 490, 3),
    { deep: new Uint16Array(buffer, 600) },
  ] as const;
  const copy = trip(value);
  assertEquals(difference(value, copy), undefined);
  new Uint8Array(copy[0].buffer).fill(0xaa);
  assertEquals(copy[0][0], 0xaa);
  assertEquals(copy[3].deep[0], 0xaaaa);
});

test("a view brings the bytes that views cover, not its whole buffer", () => {
  const all = new Uint8Array(1_000_000).fill(7);
  assert(bytesOf(all.subarray(500_000, 500_100)).length < 200);
  const pair = [all.subarray(1000, 1010), all.subarray(1500, 1510)];
  assert(bytesOf(pair).length < 700);
  assertEquals(difference(pair, trip(pair)), undefined);
});

test("a buffer that is in the message itself is there whole, before and after its views", () => {
  const { buffer } = new Random(4).bytes(500);
  const view = new Uint8Array(buffer, 100, 10);
  for (const value of [[buffer, view], [view, buffer], [view, [view, buffer, view]]]) {
    const copy = trip(value);
    assertEquals(difference(value, copy), undefined);
    const views = copy.flat().filter((each) => ArrayBuffer.isView(each));
    for (const each of views) {
      assertEquals([each.byteOffset, each.buffer.byteLength], [100, 500]);
      assertStrictEquals(each.buffer, copy.flat().find((one) => one instanceof ArrayBuffer));
    }
  }
});

test("a buffer that can grow can still grow, and its views with it", () => {
  const buffer = new ArrayBuffer(10, { maxByteLength: 100 });
  const value = [buffer, new Uint8Array(buffer), new Uint16Array(buffer, 2, 2)] as const;
  const copy = trip(value);
  assertEquals(difference(value, copy), undefined);
  copy[0].resize(20);
  assertEquals(copy.map((each) => each.byteLength), [20, 20, 4]);
});

test("the pool that a Buffer lies in stays here", () => {
  if (typeof Buffer !== "function") return;
  const copy = trip({ text: Buffer.from("text") });
  assertEquals(Object.getPrototypeOf(copy.text), Uint8Array.prototype);
  assertEquals(new TextDecoder().decode(copy.text), "text");
  assert(copy.text.buffer.byteLength < 16);
});

test("large and small runs of bytes come in their order", () => {
  const random = new Random(5);
  for (let round = 0; round < 30; round++) {
    const value = Array.from({ length: 12 }, () => {
      const bytes = random.bytes(random.pick([0, 1, 100, 4095, 4096, 4097, 20_000]));
      return random.below(3) === 0 ? bytes.subarray(bytes.length >> 1) : { before: "text", bytes };
    });
    assertEquals(difference(value, trip(value)), undefined, `round ${round}`);
  }
});

test("a large run is copied when the bytes are written, not before", () => {
  const bytes = new Uint8Array(100_000);
  const encoding = encode([bytes]);
  bytes[5] = 42;
  const target = new Uint8Array(encoding.byteLength);
  encoding.writeTo(target);
  assert(target.includes(42));
});
