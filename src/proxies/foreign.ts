/** Messages that leave the tree: nothing in them may mean a place in shared memory. */
import { decode } from "../codec/decode.ts";
import { encode } from "../codec/encode.ts";
import { SerializationError } from "../errors.ts";
import { KIND } from "./kinds.ts";
import type { Reference } from "./messages.ts";

/** What may occur: closed values, and proxies by their references. */
const CROSSINGS: ReadonlySet<number> = new Set([KIND.hosted, KIND.sealed, KIND.sealing]);

/** The context of values that only pass through this process: proxies in them become {@linkcode Passing}. */
export const PASSING_THROUGH: object = Object.freeze({});

/** How the messages of one connection are written and read. */
export abstract class Foreign {
  /** What the other end knows a proxy by, and the number of its type; throws if it does not know it. */
  abstract referTo(proxy: object): readonly [Reference, type: number];

  /** The proxy of what the other end has referred to. */
  abstract proxyOf(reference: Reference, type: number): object;

  /** Called for shared objects in a value: these stay in their tree. */
  load(): never {
    throw new SerializationError(
      "Cannot send a shared object to an unrelated process: it lies in the memory of a tree; " +
        "make one with the manager that both are connected to",
    );
  }

  /**
   * The bytes of a message.
   *
   * @param before How many bytes to leave free in front.
   * @param root What it is called in the path of an error.
   * @throws {SerializationError} if something in it cannot leave the tree.
   */
  encode(value: unknown, before = 0, root = "value"): Uint8Array {
    const encoding = encode(value, { root, context: this });
    const bytes = new Uint8Array(before + encoding.byteLength);
    encoding.writeTo(bytes.subarray(before));
    return bytes;
  }

  /**
   * The value of bytes from outside, which may say anything.
   *
   * @throws {SerializationError} if they say nothing.
   */
  decode(bytes: Uint8Array): unknown {
    return decode(bytes, { context: this, only: CROSSINGS });
  }
}
