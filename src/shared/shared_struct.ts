/** A few named values in shared memory. */
import { registerHandles } from "../codec/handle.ts";
import { struct } from "../memory/struct.ts";
import type { WordIndex } from "../memory/words.ts";
import { type Member, member } from "../parking/member.ts";
import type { RLock } from "../sync/rlock.ts";
import { SHARED_STRUCT } from "./kinds.ts";
import { endLock, lockIn } from "./lock_word.ts";
import { makeStructArray, type StructArray } from "./struct_array.ts";
import {
  type Layout,
  layoutOf,
  layoutOfText,
  type StructFields,
  type StructInitial,
} from "./struct_layout.ts";
import { AnyStruct, type Columns, columnsOf, type StructView, withFields } from "./struct_view.ts";

/** The words of the object in front of the layout as text; the fields follow, at a multiple of 8 bytes. */
const STRUCT = struct({ lock: 1, textBytes: 1 });

const ACT = "make a SharedStruct";

/** Names that a field cannot have. */
const RESERVED: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(AnyStruct.prototype),
  "lock",
  "then",
  "__proto__",
]);

/** A few named values that processes share. */
export type SharedStruct<F extends StructFields = StructFields> = StructView<F> & StructOwner;

/** What a struct has that is not one of an array. */
export interface StructOwner extends Disposable {
  /**
   * A lock for what takes more than one step; always the same one, in all processes. It does not keep
   * anybody from the fields who does not take it.
   */
  readonly lock: RLock;
  /** This process lets go of the struct; later use throws `ClosedError`. Others keep it. */
  [Symbol.dispose](): void;
}

/** The class of {@linkcode SharedStruct}. */
export interface SharedStructConstructor {
  /**
   * Makes a struct of zeros in shared memory.
   *
   * Passed to another process of the tree in whatever way, it arrives as the same struct.
   *
   * @param fields The types of its fields, by name.
   * @param initial What fields are at first.
   * @throws {TypeError} if there are no fields, or one has no proper name, type or initial value.
   * @throws {OutOfMemoryError} if there is no room for it.
   */
  new <const F extends StructFields>(
    fields: F,
    initial?: StructInitial<F>,
  ): SharedStruct<F>;
  /**
   * Makes an array of structs in shared memory.
   *
   * @param fields The types of the fields of each, by name.
   * @param source How many, or what the fields of each are at first.
   * @throws {TypeError} if there are no fields, or one has no proper name, type or initial value.
   * @throws {RangeError} if the length is not an integer from 0.
   * @throws {OutOfMemoryError} if the machine has not that much memory left.
   */
  array<const F extends StructFields>(
    fields: F,
    source: number | readonly StructInitial<F>[],
  ): StructArray<F>;
  /** What all structs have. */
  readonly prototype: SharedStruct;
}

/** A struct with an object of its own. */
class Struct extends AnyStruct {
  readonly #at: WordIndex;

  constructor(at: WordIndex, columns: Columns) {
    super(columns, 0);
    this.#at = at;
  }

  get lock(): RLock {
    AnyStruct.live(this, "lock");
    return lockIn(this.#at + STRUCT.lock);
  }

  [Symbol.dispose](): void {
    AnyStruct.close(this);
    member().handles.drop(this.#at, this);
  }

  static {
    registerHandles<Struct>({
      kind: SHARED_STRUCT,
      name: "SharedStruct",
      prototype: Struct.prototype,
      at(value) {
        AnyStruct.live(value, "send");
        return value.#at;
      },
      make: (at) => open(member(), at),
      end: ({ heap: { words }, holdings }, at) => endLock(words, holdings, at + STRUCT.lock),
    });
  }
}

/**
 * Makes a {@linkcode SharedStruct}.
 *
 * Modelled on `multiprocessing.Value` with a `ctypes.Structure`.
 *
 * @example
 * ```ts
 * import { Process, SharedStruct } from "@x/mp";
 *
 * const fields = { x: "d", y: "d", hits: "q" } as const;
 *
 * export function move(p: SharedStruct<typeof fields>): void {
 *   p.x += 1.5; // nobody else does
 *   p.add("hits", 1n); // others may
 * }
 *
 * if (import.meta.main) {
 *   using p = new SharedStruct(fields, { x: 1 });
 *   const mover = new Process(move, { args: [p] }).start();
 *   await mover.join();
 *   console.log(p.toJSON()); // { x: 2.5, y: 0, hits: 1n }
 * }
 * ```
 */
export const SharedStruct: SharedStructConstructor = makeClass();

/** Instances are of the class of their layout: a class could not return them without making one first. */
function makeClass(): SharedStructConstructor {
  function SharedStruct(fields: unknown, initial: object = {}): Struct {
    if (new.target === undefined) throw new TypeError("Cannot call SharedStruct: it wants `new`");
    const self = member();
    const at = create(self, layoutOf(ACT, fields, RESERVED));
    return self.handles.get(at, () => {
      const made = open(self, at);
      AnyStruct.initialize(made, ACT, initial);
      return made;
    });
  }
  SharedStruct.prototype = Struct.prototype;
  SharedStruct.array = (fields: unknown, source: unknown) =>
    makeStructArray(layoutOf("make an array of structs", fields, RESERVED), source);
  return SharedStruct as unknown as SharedStructConstructor;
}

type StructClass = new (at: WordIndex, columns: Columns) => Struct;

const classes = new Map<Layout, StructClass>();

function create({ heap, holdings }: Member, { text, byteLength }: Layout): WordIndex {
  const bytes = new TextEncoder().encode(text);
  const at = holdings.create(SHARED_STRUCT, valuesAt(bytes.length) + Math.ceil(byteLength / 4));
  heap.words.store(at + STRUCT.textBytes, bytes.length);
  heap.bytesAt(at + STRUCT.size, bytes.length).set(bytes);
  return at;
}

function open({ heap }: Member, at: WordIndex): Struct {
  const textBytes = heap.words.load(at + STRUCT.textBytes);
  const text = new TextDecoder().decode(heap.bytesAt(at + STRUCT.size, textBytes).slice());
  const layout = layoutOfText(text);
  let Class = classes.get(layout);
  if (Class === undefined) {
    classes.set(layout, Class = withFields(Struct, layout));
  }
  const place = (at + valuesAt(textBytes)) * 4;
  const columns = columnsOf(layout, heap.bytes.buffer as ArrayBuffer, place, 1);
  return new Class(at, columns);
}

/** How many words stand in front of the fields. */
function valuesAt(textBytes: number): number {
  return STRUCT.size + 2 * Math.ceil(textBytes / 8);
}
