/** Random values of every kind that crosses, for properties that hold for all of them. */

import { Random } from "./random.ts";
import { COMMON_VIEWS } from "./views.ts";

/** How values are made. */
export interface ValueOptions {
  /** How deep containers nest. */
  readonly depth?: number;
  /** Whether there are errors, which `structuredClone` copies with less than we do. */
  readonly errors?: boolean;
}

/** The value of a seed, the same on every runtime. */
export function valueOf(seed: number, options: ValueOptions = {}): unknown {
  return new Maker(new Random(seed), options.errors ?? false).value(options.depth ?? 4);
}

const ALPHABETS = [
  "abcdefghij_XYZ019 ",
  "aéßÿ",
  "aЖ日本",
  "a🐧",
  "a\ud800\udc00",
  "\u0000\ufeff\uffff",
];
const LENGTHS = [0, 1, 2, 5, 8, 15, 31, 32, 33, 63, 64, 127, 128, 300];

const ERRORS = [Error, RangeError, TypeError, SyntaxError] as const;

class Maker {
  readonly #random: Random;
  readonly #errors: boolean;
  /** What may be met again: shared, or the container that we are in. */
  readonly #met: object[] = [];

  constructor(random: Random, errors: boolean) {
    this.#random = random;
    this.#errors = errors;
  }

  value(depth: number): unknown {
    const random = this.#random;
    const kind = random.below(depth > 0 ? 20 : 9);
    switch (kind) {
      case 0:
        return random.pick([undefined, null, true, false, -0, NaN, Infinity, -Infinity]);
      case 1:
        return random.below(256) - 128;
      case 2:
        return random.bits() | 0;
      case 3:
        return random.double();
      case 4:
      case 5:
        return this.text();
      case 6:
        return this.bigint();
      case 7:
        return this.#met.length > 0 ? random.pick(this.#met) : random.below(100_000);
      case 8:
        return this.leaf();
      default:
        return this.container(kind, depth - 1);
    }
  }

  text(): string {
    const alphabet = this.#random.pick(ALPHABETS);
    let text = "";
    for (let length = this.#random.pick(LENGTHS); length > 0; length--) {
      // By code units, so that surrogates stand alone, too.
      text += alphabet.charAt(this.#random.below(alphabet.length));
    }
    return text;
  }

  key(): string {
    const random = this.#random;
    return random.below(8) === 0 ? this.text() : random.pick(
      [
        "id",
        "name",
        "x",
        "y",
        "0",
        "7",
        "-1",
        "toString",
        "__proto__",
        "constructor",
        "a key",
        "é",
      ],
    );
  }

  bigint(): bigint {
    const words = this.#random.below(5);
    let value = BigInt(this.#random.bits());
    for (let i = 0; i < words; i++) value = value << 32n | BigInt(this.#random.bits());
    return this.#random.below(2) === 0 ? value : -value;
  }

  leaf(): object {
    const random = this.#random;
    switch (random.below(8)) {
      case 0:
        return this.meet(new Date(random.below(9) === 0 ? NaN : random.bits() * 1000));
      case 1:
        return this.meet(
          new RegExp(random.pick(["a+", "[/]", "\\d{2}", "é"]), random.pick(["", "gi", "u"])),
        );
      case 2:
        return this.meet(Object(random.pick([1.5, -0, NaN, "text", "", true, false, 12n])));
      case 3:
        return this.meet(random.bytes(random.pick([0, 1, 8, 100])).buffer);
      default:
        return this.view();
    }
  }

  view(): object {
    const random = this.#random;
    const buffers = this.#met.filter((object) => object instanceof ArrayBuffer);
    const buffer = buffers.length > 0 && random.below(2) === 0
      ? random.pick(buffers)
      : this.meet(random.bytes(random.pick([0, 8, 24, 64, 1000])).buffer);
    const View = random.pick(COMMON_VIEWS);
    const size = View.BYTES_PER_ELEMENT ?? 1;
    const elements = Math.floor(buffer.byteLength / size);
    const from = random.below(elements + 1);
    return this.meet(new View(buffer, from * size, random.below(elements - from + 1)));
  }

  container(kind: number, depth: number): object {
    const count = this.#random.pick([0, 1, 2, 3, 3, 5, 17]);
    if (kind < 12) return this.array(count, depth);
    if (kind < 16) return this.object(count, depth);
    if (kind === 16) {
      const map = this.meet(new Map());
      for (let i = 0; i < count; i++) map.set(this.value(depth), this.value(depth));
      return map;
    }
    if (kind === 17) {
      const set = this.meet(new Set());
      for (let i = 0; i < count; i++) set.add(this.value(depth));
      return set;
    }
    return this.#errors ? this.error(depth) : this.array(count, depth);
  }

  array(count: number, depth: number): object {
    const random = this.#random;
    const array: unknown[] & Record<string, unknown> = this.meet([] as never);
    const kind = random.below(8);
    for (let i = 0; i < count; i++) {
      if (kind === 0 && random.below(2) === 0) array.length++;
      else if (kind < 3) array.push(random.below(300));
      else if (kind < 4) array.push(random.double());
      else array.push(this.value(depth));
    }
    // Beside numbers only, properties are not looked for.
    if (kind === 7) {
      array.push("text");
      array["note"] = this.value(depth);
    }
    return array;
  }

  object(count: number, depth: number): object {
    const object = this.meet({});
    for (let i = 0; i < count; i++) {
      Object.defineProperty(object, this.key(), {
        value: this.value(depth),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return object;
  }

  error(depth: number): object {
    const error = this.meet(new (this.#random.pick(ERRORS))(this.text()));
    Object.defineProperty(error, "stack", { value: this.text() });
    if (this.#random.below(2) === 0) {
      Object.defineProperty(error, "cause", { value: this.value(depth) });
    }
    return Object.assign(error, { code: this.value(depth) });
  }

  meet<T extends object>(object: T): T {
    this.#met.push(object);
    return object;
  }
}
