/** Structs as objects: a class for each layout, with an accessor for each field. */
import { ClosedError } from "../errors.ts";
import { type Elements, elementsOf } from "./elements.ts";
import { initialOperand, type Operand, operand } from "./operand.ts";
import type { Field, Layout, StructFields, StructValues } from "./struct_layout.ts";
import { inspectable } from "../runtime/inspection.ts";

/**
 * The fields of a struct in shared memory, and what can be done with one in one step.
 *
 * Each read and each write of a field is one step, which no other can come between, and orders what was
 * written before it. Two fields are two steps: for both at once take a lock.
 */
export type StructView<F extends StructFields> = StructValues<F> & StructOperations<F>;

/** What can be done with the fields of a struct, besides reading and writing them. */
export interface StructOperations<F extends StructFields> {
  /** Sets a field and returns what it was. */
  exchange<K extends keyof F>(field: K, value: StructValues<F>[K]): StructValues<F>[K];
  /** Sets a field if it is `expected`; returns what it was. Floats are compared by their bits. */
  compareExchange<K extends keyof F>(
    field: K,
    expected: StructValues<F>[K],
    replacement: StructValues<F>[K],
  ): StructValues<F>[K];
  /** Adds to a field and returns what it was; integers wrap around. */
  add<K extends keyof F>(field: K, value: StructValues<F>[K]): StructValues<F>[K];
  /** The fields as an ordinary object, read one after the other. */
  toJSON(): StructValues<F>;
}

/** A field of all structs in a range of memory. */
interface Column {
  readonly field: Field;
  readonly elements: Elements<Operand>;
  /** From a struct to the next, in elements of this type. */
  readonly stride: number;
  /** From the start of a struct, in elements of this type. */
  readonly offset: number;
}

/** The fields of all structs in a range of memory, by name. */
export type Columns = ReadonlyMap<string, Column>;

/** The fields of `length` structs. */
export function columnsOf(
  { fields, byteLength }: Layout,
  buffer: ArrayBuffer,
  byteOffset: number,
  length: number,
): Columns {
  return new Map(fields.map((field) => {
    const { type, name } = field;
    const count = length * byteLength / type.byteLength;
    return [name, {
      field,
      elements: elementsOf(type, buffer, byteOffset, count) as Elements<Operand>,
      stride: byteLength / type.byteLength,
      offset: field.byteOffset / type.byteLength,
    }];
  }));
}

/** A struct whose fields are known by name only. */
export class AnyStruct {
  #columns: Columns | undefined;
  readonly #index: number;

  constructor(columns: Columns, index: number) {
    this.#columns = columns;
    this.#index = index;
  }

  exchange(name: string, value: Operand): Operand {
    const { elements, stride, offset, field: { type } } = this.#column("set", name);
    return elements.exchange(this.#index * stride + offset, operand(`set ${name}`, type, value));
  }

  compareExchange(name: string, expected: Operand, replacement: Operand): Operand {
    const { elements, stride, offset, field: { type } } = this.#column("set", name);
    return elements.compareExchange(
      this.#index * stride + offset,
      operand(`compare ${name}`, type, expected),
      operand(`set ${name}`, type, replacement),
    );
  }

  add(name: string, value: Operand): Operand {
    const { elements, stride, offset, field: { type } } = this.#column("add to", name);
    return elements.add(this.#index * stride + offset, operand(`add to ${name}`, type, value));
  }

  toJSON(): Record<string, Operand> {
    const names = [...AnyStruct.live(this, "read").keys()];
    return Object.fromEntries(names.map((name) => [name, AnyStruct.get(this, name)]));
  }

  /** Sets fields to what they are at first. */
  static initialize(struct: AnyStruct, act: string, values: object): void {
    for (const [name, value] of Object.entries(values)) {
      const { elements, stride, offset, field: { type } } = struct.#column(act, name);
      elements.store(struct.#index * stride + offset, initialOperand(act, type, value));
    }
  }

  /** Reads a field. */
  static get(struct: AnyStruct, name: string): Operand {
    const { elements, stride, offset } = struct.#column("read", name);
    return elements.load(struct.#index * stride + offset);
  }

  /** Writes a field. */
  static set(struct: AnyStruct, name: string, value: Operand): void {
    const { elements, stride, offset, field: { type } } = struct.#column("set", name);
    elements.store(struct.#index * stride + offset, operand(`set ${name}`, type, value));
  }

  /** The fields, if they can still be reached. */
  static live(struct: AnyStruct, act: string): Columns {
    if (struct.#columns !== undefined) return struct.#columns;
    throw new ClosedError(`Cannot ${act} a SharedStruct: it was disposed in this process`);
  }

  /** From now on no field can be reached. */
  static close(struct: AnyStruct): void {
    struct.#columns = undefined;
  }

  #column(act: string, name: string): Column {
    const column = AnyStruct.live(this, act).get(name);
    if (column !== undefined) return column;
    throw new TypeError(`Cannot ${act}: the struct has no field "${String(name)}"`);
  }
}

type AnyClass<T extends AnyStruct, A extends unknown[]> = new (...args: A) => T;

/** A subclass with an accessor for each field. */
export function withFields<T extends AnyStruct, A extends unknown[]>(
  Base: AnyClass<T, A>,
  { fields }: Layout,
): AnyClass<T, A> {
  const Class = class SharedStruct extends (Base as AnyClass<AnyStruct, A>) {
    constructor(...args: A) {
      super(...args);
      // A field that is not there is an error, not a property of this object alone.
      Object.preventExtensions(this);
    }
  };
  for (const { name } of fields) {
    Object.defineProperty(Class.prototype, name, {
      get(this: AnyStruct) {
        return AnyStruct.get(this, name);
      },
      set(this: AnyStruct, value: Operand) {
        AnyStruct.set(this, name, value);
      },
      enumerable: true,
    });
  }
  return Class as AnyClass<T, A>;
}

inspectable(AnyStruct.prototype, (struct) => struct.toJSON(), "SharedStruct");
