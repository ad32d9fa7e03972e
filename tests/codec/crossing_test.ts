import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { crossAs, registerCrossing } from "../../src/codec/crossing.ts";
import { decode } from "../../src/codec/decode.ts";
import { encode } from "../../src/codec/encode.ts";
import { SerializationError } from "../../src/errors.ts";
import { test } from "../support/harness.ts";
import { bytesOf, trip } from "./trip.ts";

/** A handle like those of locks: every instance of the class crosses. */
class Handle {
  readonly id: number;
  readonly label: unknown;
  constructor(id: number, label: unknown) {
    this.id = id;
    this.label = label;
  }
}

/** Stands for memory that both ends see. */
const memory = new ArrayBuffer(64);
const unsendable = { name: "unsendable" };

registerCrossing<Handle>({
  tag: 120,
  name: "Handle",
  prototype: Handle.prototype,
  write(handle, out) {
    out.writeUint(handle.id);
    out.writeInt(-handle.id);
    out.writeNumber(handle.id / 3);
    out.writeString("ключ");
    out.writeBytes(new Uint8Array([1, 2, 3]));
    out.writeValue(handle.label, ".label");
    (out.context as Handle[] | undefined)?.push(handle);
  },
  read(input) {
    const id = input.readUint();
    assertEquals(input.readInt(), -id);
    assertEquals(input.readNumber(), id / 3);
    assertEquals(input.readString(), "ключ");
    assertEquals([...input.readBytes()], [1, 2, 3]);
    const handle = new Handle(id, input.readValue());
    (input.context as Handle[] | undefined)?.push(handle);
    return handle;
  },
});

registerCrossing<ArrayBuffer>({
  tag: 121,
  name: "shared memory",
  write: (_, out) => out.writeUint(7),
  read(input) {
    assertEquals(input.readUint(), 7);
    return memory;
  },
});
crossAs(memory, 121);

const tasks = [function first() {}, function second() {}];
registerCrossing<() => void>({
  tag: 122,
  name: "task",
  write: (task, out) => out.writeUint(tasks.indexOf(task)),
  read: (input) => tasks[input.readUint()]!,
});
for (const task of tasks) crossAs(task, 122);

class Refused {
  readonly inner = unsendable;
}
registerCrossing<Refused>({
  tag: 123,
  name: "Refused",
  prototype: Refused.prototype,
  write: (_, out) => out.refuse("a Refused", "send its name"),
  read: () => new Refused(),
});

test("an instance of a registered class arrives as its crossing reads it", () => {
  for (const id of [0, 127, 128, 2 ** 31, 2 ** 35 + 1, Number.MAX_SAFE_INTEGER]) {
    const copy = trip({ deep: [new Handle(id, { a: 1 })] }).deep[0]!;
    assertStrictEquals(Object.getPrototypeOf(copy), Handle.prototype);
    assertEquals([copy.id, copy.label], [id, { a: 1 }]);
  }
});

test("an instance of a class that extends a registered one crosses like it", () => {
  const copy = trip(new (class extends Handle {})(1, "x"));
  assertStrictEquals(Object.getPrototypeOf(copy), Handle.prototype);
});

test("a shared thing twice is one thing, and what it carries keeps its identity", () => {
  const label = { a: 1 };
  const handle = new Handle(5, label);
  const [a, b, c, d] = trip([handle, label, handle, new Map([[handle, label]])] as const);
  assertStrictEquals(a, c);
  assertStrictEquals(a.label, b);
  assertEquals(d.get(a), b);
});

test("every view of a marked buffer arrives over the same memory", () => {
  const view = new Int32Array(memory, 8, 2);
  const value = { view, same: view, bytes: new Uint8Array(memory), memory };
  assert(bytesOf(value).length < 80);
  const copy = trip(value);
  assertStrictEquals(copy.view, copy.same);
  assertStrictEquals(copy.memory, memory);
  assertStrictEquals(copy.view.buffer, memory);
  assertEquals([copy.view.byteOffset, copy.view.length, copy.bytes.length], [8, 2, 64]);
  copy.view[0] = 42;
  assertEquals(view[0], 42);
});

test("a marked function crosses, another is refused", () => {
  const copy = trip([tasks[1], tasks[0], tasks[1]]);
  assertStrictEquals(copy[0], tasks[1]);
  assertStrictEquals(copy[1], tasks[0]);
  assertThrows(() => encode([tasks[0], () => {}]), SerializationError, "value[1]: a function");
});

test("the context of a message reaches its crossings", () => {
  const [sent, received]: Handle[][] = [[], []];
  const handles = [new Handle(1, 1), new Handle(2, 2)];
  const bytes = bytesOf([handles, handles], { context: sent });
  assertEquals(sent, handles);
  decode(bytes, { context: received });
  assertEquals(received, handles);
});

test("a crossing refuses with the path to it", () => {
  assertThrows(
    () => encode([{ a: new Refused() }], { root: "args" }),
    SerializationError,
    "Cannot send args[0].a: a Refused cannot cross processes (send its name)",
  );
  const inside = new Handle(1, { f() {} });
  const error = assertThrows(() => encode([inside]), SerializationError);
  assertEquals(error.path, "value[0].label.f");
});

test("a tag is taken once, from 0 to 127", () => {
  const crossing = { name: "Other", write() {}, read: () => ({}) };
  for (const tag of [-1, 128, 1.5, NaN]) {
    assertThrows(() => registerCrossing({ ...crossing, tag }), RangeError, "not from 0 to 127");
  }
  assertThrows(
    () => registerCrossing({ ...crossing, tag: 120 }),
    RangeError,
    'Cannot register crossing "Other": tag 120 is "Handle"\'s',
  );
  assertThrows(() => crossAs({}, 119), RangeError, "no crossing has tag 119");
});

test("a handle of an unknown crossing is refused", () => {
  assertThrows(
    () => decode(new Uint8Array([0xee, 119])),
    SerializationError,
    "no crossing has tag 119",
  );
});
