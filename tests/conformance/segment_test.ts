import { assertEquals, assertGreaterOrEqual, assertMatch, assertThrows } from "@std/assert";
import { statSync } from "node:fs";
import { OutOfMemoryError, ProcessError } from "../../src/errors.ts";
import type { Segment } from "../../src/platform/port.ts";
import { Ground, platform, runtime } from "../fixtures/conformance/ground.ts";
import { test, until } from "../support/harness.ts";
import { start, succeed } from "./children.ts";

const { pageSize } = platform;

/** How many bytes of a segment have pages. */
function taken(segment: Segment): number {
  return 512 * statSync(`/proc/self/fd/${segment}`).blocks;
}

/** The first word of a range. */
function peek(segment: Segment, offset: number): number {
  const mapping = platform.map(segment, offset, pageSize);
  const value = new Int32Array(mapping.buffer)[0];
  mapping.unmap();
  return value;
}

function poke(segment: Segment, offset: number, value: number): void {
  const mapping = platform.map(segment, offset, pageSize);
  new Int32Array(mapping.buffer)[0] = value;
  mapping.unmap();
}

function withSegment(byteLength: number, body: (segment: Segment) => void): void {
  const segment = platform.createSegment(byteLength);
  try {
    body(segment);
  } finally {
    platform.close(segment);
  }
}

test("a segment is zeros, and takes no memory before it is used", () => {
  withSegment(2 ** 36, (segment) => {
    assertEquals(taken(segment), 0);
    assertEquals([peek(segment, 0), peek(segment, 2 ** 35)], [0, 0]);
  });
});

test("offsets beyond 4 GiB do not wrap around", () => {
  withSegment(2 ** 34, (segment) => {
    const offsets = [pageSize, 2 ** 31 + pageSize, 2 ** 32 + pageSize, 2 ** 33 + pageSize];
    for (const [i, offset] of offsets.entries()) poke(segment, offset, i + 1);
    assertEquals(offsets.map((offset) => peek(segment, offset)), [1, 2, 3, 4]);
    platform.discard(segment, 2 ** 32 + pageSize, pageSize);
    assertEquals(offsets.map((offset) => peek(segment, offset)), [1, 2, 0, 4]);
    const before = taken(segment);
    platform.reserve(segment, 2 ** 33 + 2 * pageSize, 3 * pageSize);
    assertEquals(taken(segment) - before, 3 * pageSize);
  });
});

test("reserve() takes the pages of its range, and keeps what is there", () => {
  withSegment(2 ** 30, (segment) => {
    poke(segment, 2 ** 20, 5);
    platform.reserve(segment, 2 ** 20, 2 ** 21);
    assertEquals(taken(segment), 2 ** 21);
    platform.reserve(segment, 2 ** 20, 2 ** 21);
    assertEquals(taken(segment), 2 ** 21);
    assertEquals(peek(segment, 2 ** 20), 5);
  });
});

test("discard() gives pages back, which read as zeros also in mappings that are there", () => {
  withSegment(2 ** 20, (segment) => {
    const mapping = platform.map(segment, 0, 2 ** 20);
    const bytes = new Uint8Array(mapping.buffer).fill(9);
    platform.discard(segment, 2 ** 18, 2 ** 18);
    assertEquals([bytes[2 ** 18 - 1], bytes[2 ** 18], bytes[2 ** 19 - 1], bytes[2 ** 19]], [
      9,
      0,
      0,
      9,
    ]);
    // The four reads above took no page: a hole reads as zeros from a page that all share.
    assertGreaterOrEqual(2 ** 20 - 2 ** 18 + 2 * pageSize, taken(segment));
    bytes[2 ** 18] = 3;
    assertEquals(peek(segment, 2 ** 18), 3);
    mapping.unmap();
  });
});

test("reserve() of more than the machine has is an OutOfMemoryError, and harms nothing", () => {
  withSegment(2 ** 45, (segment) => {
    for (const byteLength of [2 ** 40, 2 ** 44]) {
      const { message } = assertThrows(
        () => platform.reserve(segment, 0, byteLength),
        OutOfMemoryError,
      );
      assertMatch(message, new RegExp(`asked for ${byteLength} bytes, available are \\d+, `));
    }
    platform.reserve(segment, 0, pageSize);
    assertEquals(taken(segment), pageSize);
  });
});

test("an error of the kernel says what was asked, and why it was refused", () => {
  const messages = [
    () => platform.createSegment(-1),
    () => platform.openSegment(2 ** 30, 3),
    () => platform.openSegment(runtime.pid, 2 ** 20),
    () => platform.map(2 ** 20, 0, pageSize),
    () => platform.reserve(2 ** 20, 0, pageSize),
  ].map((act) => assertThrows(act, ProcessError).message);
  assertEquals(messages, [
    "Cannot create shared memory: asked for -1 bytes (EINVAL)",
    `Cannot open shared memory: asked for descriptor 3 of process ${2 ** 30} (ENOENT)`,
    `Cannot open shared memory: asked for descriptor ${2 ** 20} of process ${runtime.pid} (ENOENT)`,
    `Cannot map shared memory: asked for ${pageSize} bytes (EBADF)`,
    `Cannot reserve shared memory: asked for ${pageSize} bytes (EBADF)`,
  ]);
});

test("a segment outlives the process that made it", async () => {
  using ground = Ground.create(pageSize);
  const child = start("maker_child.ts", { ground: ground.ticket });
  const made = await until(() => ground.words.load(0), "the child has made a segment");
  const segment = platform.openSegment(child.pid, made);
  ground.words.store(1, 1);
  await succeed(child);
  assertEquals(peek(segment, 2 ** 33), 4711);
  platform.close(segment);
});
