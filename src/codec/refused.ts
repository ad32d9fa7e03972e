/** Classes of the language and the platform whose instances live in one process, and what to do instead. */

import { refuse } from "./obstacle.ts";

const HINTS: Readonly<Record<string, string | undefined>> = {
  Promise: "await it first",
  SharedArrayBuffer: "its memory belongs to one process: use sharedArray()",
  URL: "send its href",
  URLSearchParams: "send its text",
  Headers: "send its entries",
  Blob: "send its bytes",
  File: "send its bytes",
};

const PLATFORM: ReadonlySet<string> = new Set(
  ("AbortController AbortSignal Blob BroadcastChannel CompressionStream CryptoKey " +
    "DecompressionStream Event EventTarget File FormData Headers MessageChannel MessagePort " +
    "ReadableStream ReadableStreamDefaultReader Request Response TextDecoder TextDecoderStream " +
    "TextEncoder TextEncoderStream TransformStream URL URLPattern URLSearchParams WebSocket Worker " +
    "WritableStream WritableStreamDefaultWriter").split(" "),
);

/** The prototypes of the language's own classes that cannot cross. */
export const REFUSED_PROTOTYPES: readonly (readonly [object, string])[] = [
  [WeakMap.prototype, "WeakMap"],
  [WeakSet.prototype, "WeakSet"],
  [WeakRef.prototype, "WeakRef"],
  [FinalizationRegistry.prototype, "FinalizationRegistry"],
  [Promise.prototype, "Promise"],
  [Symbol.prototype, "Symbol object"],
  [SharedArrayBuffer.prototype, "SharedArrayBuffer"],
  // %IteratorPrototype% and %AsyncIteratorPrototype%: generators and every built-in iterator.
  [protoOf(protoOf([][Symbol.iterator]())), "iterator"],
  [protoOf(protoOf(async function* () {}.prototype)), "async iterator"],
];

function protoOf(value: object): object {
  return Object.getPrototypeOf(value);
}

/** Refuses an instance of a class, and says what to do instead. */
export function refuseInstance(name: string, hint: string | undefined = HINTS[name]): never {
  const article = /^[aeio]/i.test(name) ? "an" : "a";
  refuse(`${article} ${name}`, hint);
}

const LANGUAGE =
  /^(?:Promise|WeakMap|WeakSet|WeakRef|FinalizationRegistry|SharedArrayBuffer|Symbol|.*Generator|.*Iterator)$/;

/** Refuses an object of the platform or of another realm, if its tag is not just a name that somebody took. */
export function refuseByTag(tag: string, value: object): void {
  if (!(value instanceof Object) && LANGUAGE.test(tag)) refuseInstance(tag);
  if (/^(Intl|Temporal|WebAssembly)\./.test(tag)) refuseInstance(tag);
  if (!PLATFORM.has(tag)) return;
  const constructor: unknown = (globalThis as Record<string, unknown>)[tag];
  if (typeof constructor === "function" && value instanceof constructor) refuseInstance(tag);
}
