/** Small whole files, as under /proc, read by C calls: they need no file permission in Deno. */
import { cString, type Libc } from "./libc.ts";

const O_CLOEXEC = 0o2000000;

/** Reads whole small files into a buffer of its own. */
export class SmallFiles {
  readonly #libc: Libc;
  readonly #decoder = new TextDecoder();
  #bytes = new Uint8Array(4096);

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** The text of a file, or `undefined` if it cannot be opened. */
  read(path: string): string | undefined {
    const name = cString(path);
    const fd = this.#libc.open(name, O_CLOEXEC);
    if (fd < 0) return undefined;
    let length = 0;
    for (;;) {
      const rest = this.#bytes.subarray(length);
      const count = this.#libc.read(fd, rest, rest.length);
      if (count <= 0) break;
      length += count;
      if (length === this.#bytes.length) {
        const larger = new Uint8Array(length * 2);
        larger.set(this.#bytes);
        this.#bytes = larger;
      }
    }
    this.#libc.close(fd);
    return this.#decoder.decode(this.#bytes.subarray(0, length));
  }

  /** Where a symbolic link points, or `undefined` if it cannot be read. */
  link(path: string): string | undefined {
    const name = cString(path);
    const target = this.#bytes;
    const length = this.#libc.readlink(name, target, target.length);
    return length < 0 ? undefined : this.#decoder.decode(target.subarray(0, length));
  }
}
