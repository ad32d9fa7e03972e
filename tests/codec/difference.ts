/** How a copy differs from what it should be a copy of: the judge of the codec's tests. */

/**
 * Where two values differ, as a path, or `undefined`.
 *
 * They must be of the same kinds with the same contents in the same order, and where one is the same
 * object twice the other must be, too. Of a buffer that is reached through views only, no more is
 * compared than the views show.
 */
export function difference(expected: unknown, actual: unknown): string | undefined {
  return new Judge().compare(expected, actual, "value");
}

type Getter = (this: unknown) => unknown;

const viewName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)!.get as Getter;

/** What decides how an object is compared. */
function kindOf(object: object): string {
  return ArrayBuffer.isView(object)
    ? String(viewName.call(object) ?? "DataView")
    : Object.prototype.toString.call(object).slice(8, -1);
}

class Judge {
  readonly #partners = new Map<unknown, unknown>();
  readonly #back = new Map<unknown, unknown>();
  readonly #shifts = new Map<unknown, number>();

  compare(a: unknown, b: unknown, path: string): string | undefined {
    if (typeof a !== "object" || a === null) return Object.is(a, b) ? undefined : path;
    if (typeof b !== "object" || b === null) return path;
    if (this.#partners.has(a) || this.#back.has(b)) {
      return this.#partners.get(a) === b && this.#back.get(b) === a
        ? undefined
        : `${path} (identity)`;
    }
    this.#partners.set(a, b);
    this.#back.set(b, a);
    const kind = kindOf(a);
    if (kind !== kindOf(b)) return `${path} (${kind})`;
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return `${path} (prototype)`;
    return this.contents(kind, a, b, path);
  }

  contents(kind: string, a: object, b: object, path: string): string | undefined {
    if (ArrayBuffer.isView(a)) return this.view(a, b as ArrayBufferView, path);
    switch (kind) {
      case "Date":
        return this.compare(Number(a), Number(b), `${path} (time)`);
      case "RegExp":
        return this.compare(`${a}`, `${b}`, path) ??
          this.compare((b as RegExp).lastIndex, 0, `${path}.lastIndex`);
      case "Number":
      case "String":
      case "Boolean":
      case "BigInt":
        return this.compare(a.valueOf(), b.valueOf(), `${path} (boxed)`);
      case "Map":
        return this.list(
          [...(a as Map<unknown, unknown>)],
          [...(b as Map<unknown, unknown>)],
          path,
        );
      case "Set":
        return this.list([...(a as Set<unknown>)], [...(b as Set<unknown>)], path);
      case "ArrayBuffer":
        return this.bytes(
          new Uint8Array(a as ArrayBuffer),
          new Uint8Array(b as ArrayBuffer),
          path,
        ) ??
          this.compare((a as ArrayBuffer).resizable, (b as ArrayBuffer).resizable, path) ??
          this.compare((a as ArrayBuffer).maxByteLength, (b as ArrayBuffer).maxByteLength, path);
      case "Error":
        return this.error(a as Error, b as Error, path);
      default:
        return this.properties(a, b, path);
    }
  }

  properties(a: object, b: object, path: string): string | undefined {
    const keys = Object.keys(a);
    if (keys.join("\n") !== Object.keys(b).join("\n")) return `${path} (keys)`;
    if (Array.isArray(a) && a.length !== (b as unknown[]).length) return `${path}.length`;
    for (const key of keys) {
      const found = this.compare(
        (a as Record<string, unknown>)[key],
        (b as Record<string, unknown>)[key],
        `${path}[${JSON.stringify(key)}]`,
      );
      if (found !== undefined) return found;
    }
  }

  error(a: Error, b: Error, path: string): string | undefined {
    for (const key of ["name", "message", "stack", "cause", "errors"]) {
      const found = this.compare(
        (a as unknown as Record<string, unknown>)[key],
        (b as unknown as Record<string, unknown>)[key],
        `${path}.${key}`,
      );
      if (found !== undefined) return found;
    }
    return this.properties(a, b, path);
  }

  list(a: unknown[], b: unknown[], path: string): string | undefined {
    if (a.length !== b.length) return `${path} (size)`;
    for (let i = 0; i < a.length; i++) {
      const [x, y] = [a[i], b[i]];
      const found = Array.isArray(x) && x.length === 2 && !this.#partners.has(x)
        ? this.compare(x[0], (y as unknown[])[0], `${path}.keys()[${i}]`) ??
          this.compare(x[1], (y as unknown[])[1], `${path}.values()[${i}]`)
        : this.compare(x, y, `${path}[${i}]`);
      if (found !== undefined) return found;
    }
  }

  view(a: ArrayBufferView, b: ArrayBufferView, path: string): string | undefined {
    if (a.byteLength !== b.byteLength) return `${path}.byteLength`;
    const [x, y] = [a, b].map((view) => {
      return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    });
    return this.bytes(x!, y!, path) ?? this.viewedBuffer(a, b, path);
  }

  /** Views of one buffer must be views of one buffer, as far apart as they were. */
  viewedBuffer(a: ArrayBufferView, b: ArrayBufferView, path: string): string | undefined {
    const shift = a.byteOffset - b.byteOffset;
    const known = this.#shifts.get(a.buffer);
    if (known !== undefined && known !== shift) return `${path}.byteOffset`;
    this.#shifts.set(a.buffer, shift);
    const partner = this.#partners.get(a.buffer);
    if (partner === undefined && !this.#back.has(b.buffer)) {
      this.#partners.set(a.buffer, b.buffer);
      this.#back.set(b.buffer, a.buffer);
    } else if (partner !== b.buffer) return `${path}.buffer (identity)`;
  }

  bytes(a: Uint8Array, b: Uint8Array, path: string): string | undefined {
    if (a.length !== b.length) return `${path} (byteLength)`;
    const at = a.findIndex((byte, i) => byte !== b[i]);
    return at < 0 ? undefined : `${path} (byte ${at})`;
  }
}
