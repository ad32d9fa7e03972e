import { assert, assertEquals, assertThrows } from "@std/assert";
import { decode } from "../../src/codec/decode.ts";
import { encode, encodeInto, encodeOrSpill } from "../../src/codec/encode.ts";
import { platform } from "../fixtures/conformance/ground.ts";
import { test } from "../support/harness.ts";
import { difference } from "./difference.ts";
import { bytesOf, hex } from "./trip.ts";
import { valueOf } from "./values.ts";

test("encodeInto() writes the same bytes as encode(), into exactly their room", () => {
  for (let seed = 0; seed < 1500; seed++) {
    const value = valueOf(seed, { errors: true });
    const bytes = bytesOf(value);
    const room = new Uint8Array(bytes.length + 50).fill(0xee);
    assertEquals(encodeInto(room.subarray(0, bytes.length), value), bytes.length, `seed ${seed}`);
    assert(hex(room.subarray(0, bytes.length)) === hex(bytes), `seed ${seed}`);
    assert(room.subarray(bytes.length).every((byte) => byte === 0xee), `seed ${seed}`);
    assertEquals(encodeInto(room, value), bytes.length);
    if (bytes.length === 0) continue;
    assertEquals(encodeInto(room.subarray(0, bytes.length - 1), value), -1, `seed ${seed}`);
    assertEquals(encodeInto(room.subarray(0, bytes.length >> 1), value), -1, `seed ${seed}`);
  }
});

test("encodeOrSpill() reads the value once", () => {
  for (const room of [0, 1, 10, 100, 5000]) {
    let reads = 0;
    const value = {
      get large() {
        reads++;
        return ["x".repeat(1000), new Uint8Array(9000)];
      },
    };
    const outcome = encodeOrSpill(new Uint8Array(room), value);
    assert(typeof outcome === "object");
    const bytes = new Uint8Array(outcome.byteLength);
    outcome.writeTo(bytes);
    assertEquals(reads, 1);
    assertEquals(
      difference({ large: ["x".repeat(1000), new Uint8Array(9000)] }, decode(bytes)),
      undefined,
    );
  }
});

test("an encoding keeps its bytes while others are made, and can be written twice", () => {
  const values = Array.from({ length: 100 }, (_, seed) => valueOf(seed));
  const encodings = values.map((value) => encode(value));
  for (const [seed, encoding] of encodings.entries()) {
    for (let twice = 0; twice < 2; twice++) {
      const bytes = new Uint8Array(encoding.byteLength);
      encoding.writeTo(bytes);
      assertEquals(difference(values[seed], decode(bytes)), undefined, `seed ${seed}`);
    }
  }
  assertThrows(
    () => encode("text").writeTo(new Uint8Array(2)),
    RangeError,
    "5 bytes: the target has 2",
  );
});

test("encoding while encoding, and decoding while decoding, do not disturb each other", () => {
  const value = {
    before: [1, "a"],
    get inner() {
      return bytesOf({
        before: ["x"],
        get inner() {
          return [...bytesOf([{ before: 1 }])];
        },
      });
    },
    after: { before: 2, inner: 3, after: 4 },
  };
  const copy = decode(bytesOf(value)) as typeof value;
  assertEquals(Object.keys(copy), ["before", "inner", "after"]);
  const inner = decode(copy.inner) as { before: string[]; inner: number[] };
  assertEquals(inner.before, ["x"]);
  assertEquals(decode(Uint8Array.from(inner.inner)), [{ before: 1 }]);
});

test("mapped memory is written and read like any other, and nothing of it is kept", () => {
  const segment = platform.createSegment(16 * platform.pageSize);
  const mapping = platform.map(segment, 0, 16 * platform.pageSize);
  const memory = new Uint8Array(mapping.buffer);
  const values = [
    ...Array.from({ length: 300 }, (_, seed) => valueOf(seed)),
    "long text ".repeat(100),
    "日本語".repeat(500),
    "\ud800".repeat(100),
    new Uint8Array(20_000).fill(9),
    Array.from({ length: 1000 }, (_, i) => i / 3),
    10n ** 100n,
  ];
  const kept: [unknown, unknown][] = [];
  for (const [i, value] of values.entries()) {
    const at = i % 7;
    const length = encodeInto(memory.subarray(at), value);
    assert(length > 0, `value ${i}`);
    kept.push([value, decode(memory.subarray(at, at + length))]);
    memory.fill(0xff, 0, length + at);
  }
  mapping.unmap();
  platform.close(segment);
  for (const [i, [value, copy]] of kept.entries()) {
    assertEquals(difference(value, copy), undefined, `value ${i}`);
  }
});
