/**
 * Values to bytes.
 *
 * The bytes are the same on Deno, Bun and Node. What is written is what `structuredClone` would copy,
 * and besides: errors with all their fields, and shared things as handles (`crossing.ts`).
 */

import { SerializationError } from "../errors.ts";
import type { Encoding } from "./encoding.ts";
import { Obstacle } from "./obstacle.ts";
import { Output } from "./output.ts";
import { writeValue } from "./write_value.ts";

export type { Encoding };

/** What an encoder may be told. */
export interface EncodeOptions {
  /** What the value is called in the path of an error; by default `value`. */
  readonly root?: string;
  /** Passed through to crossings. */
  readonly context?: unknown;
}

/** Encoders at rest; more than one if a crossing or a getter encodes while it is written. */
const idle: Output[] = [];

/**
 * Encodes a value into memory of its own.
 *
 * @throws {SerializationError} if something in it cannot cross; the path leads to the culprit.
 */
export function encode(value: unknown, options?: EncodeOptions): Encoding {
  return run(undefined, value, options) as Encoding;
}

/**
 * Encodes a value at the start of `target` and returns how many bytes it took; -1 if it does not fit.
 * The contents of `target` behind the count, or after -1 everywhere, are undefined.
 *
 * @throws {SerializationError} if something in it cannot cross; the path leads to the culprit.
 */
export function encodeInto(target: Uint8Array, value: unknown, options?: EncodeOptions): number {
  const outcome = run(target, value, options);
  return typeof outcome === "number" ? outcome : -1;
}

/**
 * Encodes a value at the start of `target` and returns how many bytes it took, or, if it does not
 * fit, the encoding to be written elsewhere; the value is read once in any case.
 *
 * @throws {SerializationError} if something in it cannot cross; the path leads to the culprit.
 */
export function encodeOrSpill(
  target: Uint8Array,
  value: unknown,
  options?: EncodeOptions,
): number | Encoding {
  return run(target, value, options);
}

function run(
  target: Uint8Array | undefined,
  value: unknown,
  options: EncodeOptions | undefined,
): number | Encoding {
  const out = idle.pop() ?? new Output();
  out.begin(target, options?.context);
  try {
    writeValue(out, value);
    out.parts.finish(out);
    return target === undefined ? out.detach() : settle(out, target);
  } catch (thrown) {
    throw explain(thrown, options?.root ?? "value");
  } finally {
    out.end();
    idle.push(out);
  }
}

/** Where the bytes are: in the target, also if room for the worst case was asked for in vain. */
function settle(out: Output, target: Uint8Array): number | Encoding {
  if (out.fits) return out.position;
  const encoding = out.detach();
  if (encoding.byteLength > target.length) return encoding;
  encoding.writeTo(target);
  return encoding.byteLength;
}

function explain(thrown: unknown, root: string): unknown {
  if (thrown instanceof Obstacle) return thrown.toError(root);
  if (thrown instanceof RangeError && thrown.message.includes("call stack")) {
    return new SerializationError(`Cannot send ${root}: it is nested too deep`, root, {
      cause: thrown,
    });
  }
  return thrown;
}
