/** Arrays of structs: shared bytes with a layout. */
import { registerCrossing } from "../codec/crossing.ts";
import { checkLength } from "./length.ts";
import { oneState } from "../runtime/one_state.ts";
import { STRUCT_ARRAY, STRUCT_ELEMENT } from "./kinds.ts";
import { createBytes, disposeBytes } from "./shared_bytes.ts";
import { type Layout, layoutOfText, type StructFields } from "./struct_layout.ts";
import { AnyStruct, type Columns, columnsOf, type StructView, withFields } from "./struct_view.ts";

/**
 * Structs in shared memory, one after the other.
 *
 * Passed to another process of the tree, an array or one of its structs arrives as the same memory.
 */
export interface StructArray<F extends StructFields = StructFields>
  extends Iterable<StructView<F>>, Disposable {
  /** How many structs there are. */
  readonly length: number;
  /** The struct at an index, negative from the end; `undefined` if there is none. */
  at(index: number): StructView<F> | undefined;
  /** The memory: a view of it can be passed, too. */
  readonly buffer: ArrayBuffer;
  /** How many bytes from one struct to the next. */
  readonly stride: number;
}

const ACT = "make an array of structs";

/** The class of {@linkcode StructArray}. */
export class SharedStructArray {
  readonly buffer: ArrayBuffer;
  readonly length: number;
  readonly stride: number;
  readonly layout: Layout;
  readonly #columns: Columns;
  readonly #Element: new (array: SharedStructArray, columns: Columns, index: number) => AnyStruct;

  constructor(buffer: ArrayBuffer, layout: Layout, length: number) {
    this.buffer = buffer;
    this.length = length;
    this.stride = layout.byteLength;
    this.layout = layout;
    this.#columns = columnsOf(layout, buffer, 0, length);
    let Element = elementClasses.get(layout);
    if (Element === undefined) elementClasses.set(layout, Element = withFields(Struct, layout));
    this.#Element = Element;
    arrays.set(buffer, this);
  }

  at(index: number): AnyStruct | undefined {
    const position = (Math.trunc(index) || 0) + (index < 0 ? this.length : 0);
    if (!(position >= 0 && position < this.length)) return undefined;
    return new this.#Element(this, this.#columns, position);
  }

  *[Symbol.iterator](): Generator<AnyStruct> {
    for (let i = 0; i < this.length; i++) yield this.at(i)!;
  }

  [Symbol.dispose](): void {
    disposeBytes(this.buffer);
  }
}

/** One struct of an array. */
class Struct extends AnyStruct {
  readonly #array: SharedStructArray;
  readonly #index: number;

  constructor(array: SharedStructArray, columns: Columns, index: number) {
    super(columns, index);
    this.#array = array;
    this.#index = index;
  }

  static {
    registerCrossing<Struct>({
      tag: STRUCT_ELEMENT,
      name: "struct of an array",
      prototype: Struct.prototype,
      write(element, out) {
        out.writeValue(element.#array);
        out.writeUint(element.#index);
      },
      read: (input) => (input.readValue() as SharedStructArray).at(input.readUint()) as Struct,
    });
  }
}

const elementClasses = new Map<
  Layout,
  new (array: SharedStructArray, columns: Columns, index: number) => AnyStruct
>();

/** An array that comes back is the one that is here. */
const { arrays } = oneState("struct arrays 1", () => ({
  arrays: new WeakMap<ArrayBuffer, SharedStructArray>(),
}));

/** Makes an array of structs, of a length or from what the fields of each are at first. */
export function makeStructArray(layout: Layout, source: unknown): SharedStructArray {
  const given = typeof source === "number" ? [] : source;
  if (!Array.isArray(given)) {
    throw new TypeError(`Cannot ${ACT}: needs a length or an array, got ${typeof source}`);
  }
  const length = typeof source === "number" ? checkLength(ACT, source) : given.length;
  const buffer = createBytes(length * layout.byteLength);
  try {
    const array = new SharedStructArray(buffer, layout, length);
    given.forEach((values, i) => AnyStruct.initialize(array.at(i)!, ACT, values));
    return array;
  } catch (error) {
    disposeBytes(buffer);
    throw error;
  }
}

registerCrossing<SharedStructArray>({
  tag: STRUCT_ARRAY,
  name: "array of structs",
  prototype: SharedStructArray.prototype,
  write({ layout, length, buffer }, out) {
    out.writeString(layout.text);
    out.writeUint(length);
    out.writeValue(buffer, ".buffer");
  },
  read(input) {
    const layout = layoutOfText(input.readString());
    const length = input.readUint();
    const buffer = input.readValue() as ArrayBuffer;
    return arrays.get(buffer) ?? new SharedStructArray(buffer, layout, length);
  },
});
