/**
 * The seam for what is shared rather than copied: locks, queues, shared arrays, connections.
 *
 * Plain data never meets it: a crossing is found by the prototype of a class, after plain objects and
 * arrays are told apart, or by a mark on one buffer or function, asked for only once a mark exists.
 */

/** How a crossing writes itself. */
export interface CrossingWriter {
  /** What the caller of `encode` passed along. */
  readonly context: unknown;
  /** Writes an integer from 0 to 2^53 - 1. */
  writeUint(value: number): void;
  /** Writes a safe integer. */
  writeInt(value: number): void;
  /** Writes any number. */
  writeNumber(value: number): void;
  /** Writes a string. */
  writeString(value: string): void;
  /** Writes a copy of bytes. */
  writeBytes(value: Uint8Array): void;
  /**
   * Writes any value that crosses, with its identity in the message.
   *
   * @param step How one gets from the thing to the value, as in `.label`, for the path of an error.
   */
  writeValue(value: unknown, step?: string): void;
  /** Says that this one cannot cross: `refuse("a Process", "send its pid")`. */
  refuse(what: string, hint?: string): never;
}

/** How a crossing reads what it wrote, in the same order. */
export interface CrossingReader {
  /** What the caller of `decode` passed along. */
  readonly context: unknown;
  /** Reads what `writeUint` wrote. */
  readUint(): number;
  /** Reads what `writeInt` wrote. */
  readInt(): number;
  /** Reads what `writeNumber` wrote. */
  readNumber(): number;
  /** Reads what `writeString` wrote. */
  readString(): string;
  /** Reads what `writeBytes` wrote, into memory of its own. */
  readBytes(): Uint8Array<ArrayBuffer>;
  /** Reads what `writeValue` wrote. */
  readValue(): unknown;
}

/** One kind of thing that crosses as a handle. */
export interface Crossing<T extends object = object> {
  /** Its number, from 0 to 127, the same in every process. */
  readonly tag: number;
  /** What it is called in messages, as in `"Lock"`. */
  readonly name: string;
  /** The prototype of the class, if every instance crosses like this. */
  readonly prototype?: T;
  /** The URL of the module that registers it, if not every process of a tree loads that: who receives one does then. */
  readonly module?: string;
  /** Writes a handle. */
  write(value: T, out: CrossingWriter): void;
  /** Makes the object of a handle. */
  read(input: CrossingReader): T;
}

const crossings: (Crossing | undefined)[] = [];
const byPrototype = new Map<object, Crossing>();
const marked = new WeakMap<object, Crossing>();
let marks = 0;

/**
 * Makes a kind of thing known to the codec.
 *
 * @throws {RangeError} if the tag is taken, or not an integer from 0 to 127.
 */
export function registerCrossing<T extends object>(crossing: Crossing<T>): void {
  const { tag, name, prototype } = crossing;
  if (!Number.isInteger(tag) || tag < 0 || tag > 127) {
    throw new RangeError(`Cannot register crossing "${name}": tag ${tag} is not from 0 to 127`);
  }
  const taken = crossings[tag];
  if (taken !== undefined) {
    throw new RangeError(`Cannot register crossing "${name}": tag ${tag} is "${taken.name}"'s`);
  }
  crossings[tag] = crossing as unknown as Crossing;
  if (prototype !== undefined) byPrototype.set(prototype, crossing as unknown as Crossing);
}

/**
 * Makes one buffer or function cross by a registered crossing.
 *
 * Views of a marked buffer cross as views of what the crossing's `read` returns.
 *
 * @throws {RangeError} if no crossing with this tag is registered.
 */
export function crossAs(value: object, tag: number): void {
  const crossing = crossings[tag];
  if (crossing === undefined) {
    throw new RangeError(`Cannot mark a value: no crossing has tag ${tag}`);
  }
  marked.set(value, crossing);
  marks++;
}

/** The crossing with a tag. */
export function crossingOf(tag: number): Crossing | undefined {
  return crossings[tag];
}

/** The crossing of every instance of a class. */
export function crossingOfPrototype(prototype: object): Crossing | undefined {
  return byPrototype.get(prototype);
}

/** The crossing that one object was marked with. */
export function crossingOfMarked(value: object): Crossing | undefined {
  return marks === 0 ? undefined : marked.get(value);
}
