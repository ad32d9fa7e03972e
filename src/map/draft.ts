/** What one operation needs: a key, the bytes of a value, and the shared objects that they mention. */
import { encodeOrSpill, type Encoding } from "../codec/encode.ts";
import type { WordIndex } from "../memory/words.ts";
import { Cargo } from "../owner/cargo.ts";
import type { Member } from "../parking/member.ts";
import type { Entries } from "./entries.ts";
import { Key } from "./key.ts";

const SCRATCH_WORDS = 1024;

/** Drafts at rest; more than one if a getter of a key or value uses a map. */
const idle: Draft[] = [];

/** A key and a value on their way into a map. */
export class Draft {
  /** The key. */
  readonly key: Key = new Key();
  readonly #words = new Int32Array(SCRATCH_WORDS);
  readonly #bytes = new Uint8Array(this.#words.buffer);
  readonly #cargo: Cargo;

  private constructor(member: Member) {
    this.#cargo = new Cargo(member);
  }

  /**
   * A draft with a key; give it back with {@linkcode Draft.drop}, however it went.
   *
   * @throws {SerializationError} if something in the key cannot cross.
   * @throws {RangeError} if the key is too long.
   */
  static of(member: Member, key: unknown, seed: number): Draft {
    const draft = idle.pop() ?? new Draft(member);
    try {
      draft.key.encode(key, seed, draft.#cargo);
    } catch (error) {
      draft.drop();
      throw error;
    }
    return draft;
  }

  /**
   * Writes an entry of this process with the key and a value.
   *
   * @throws {SerializationError} if something in the value cannot cross.
   * @throws {OutOfMemoryError} if there is no room.
   */
  write(entries: Entries, value: unknown): WordIndex {
    const options = { root: "value", context: this.#cargo };
    const outcome: number | Encoding = encodeOrSpill(this.#bytes, value, options);
    const cargo = this.#cargo;
    return typeof outcome === "number"
      ? entries.write(this.key, this.#words, outcome, cargo)
      : entries.write(this.key, outcome, outcome.byteLength, cargo);
  }

  /** It is not needed any more. */
  drop(): void {
    idle.push(this);
    if (this.#cargo.size > 0) this.#cargo.unload();
  }
}
