/** A dict or a namespace as if it were an object of this process: properties are read and written at once. */

/** What a view needs. */
export interface Viewed {
  /** Reads. */
  getSync(key: string): unknown;
  /** Writes. */
  setSync(key: string, value: unknown): void;
  /** Looks. */
  hasSync(key: string): boolean;
  /** Deletes. */
  deleteSync(key: string): boolean;
  /** The keys; those that are no strings are not seen. */
  keysSync(): unknown[];
}

/** Makes a view. Properties with symbols are this process's own. */
export function viewOf(viewed: Viewed): object {
  return new Proxy({}, {
    get: (own, name) => typeof name === "string" ? viewed.getSync(name) : Reflect.get(own, name),
    set(own, name, value) {
      if (typeof name !== "string") return Reflect.set(own, name, value);
      viewed.setSync(name, value);
      return true;
    },
    has: (own, name) => typeof name === "string" ? viewed.hasSync(name) : Reflect.has(own, name),
    deleteProperty(own, name) {
      if (typeof name !== "string") return Reflect.deleteProperty(own, name);
      viewed.deleteSync(name);
      return true;
    },
    ownKeys: (own) => [
      ...viewed.keysSync().filter((key) => typeof key === "string"),
      ...Reflect.ownKeys(own),
    ],
    getOwnPropertyDescriptor(own, name) {
      if (typeof name !== "string") return Reflect.getOwnPropertyDescriptor(own, name);
      if (!viewed.hasSync(name)) return undefined;
      return {
        value: viewed.getSync(name),
        enumerable: true,
        configurable: true,
        writable: true,
      };
    },
    defineProperty(own, name, descriptor) {
      if (typeof name !== "string") return Reflect.defineProperty(own, name, descriptor);
      if (!("value" in descriptor)) return false;
      viewed.setSync(name, descriptor.value);
      return true;
    },
  });
}
