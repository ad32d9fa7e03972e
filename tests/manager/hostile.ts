/** A client that has the key, and sends whatever it likes. */

import { createHmac, randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { decode } from "../../src/codec/decode.ts";
import { encode } from "../../src/codec/encode.ts";
import { TYPE } from "../../src/proxies/types.ts";
import { until } from "../support/until.ts";

/** A connection that has proved itself. */
export class Hostile {
  readonly socket: Socket;
  /** How many replies have come, and how many of them were errors. */
  replies = 0;
  errors = 0;
  isClosed = false;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(path: string) {
    this.socket = connect(path);
    this.socket.on("error", () => {});
    this.socket.on("close", () => this.isClosed = true);
    this.socket.on("data", (bytes) => this.#bytes = Buffer.concat([this.#bytes, bytes]));
  }

  /** Proves itself. */
  async prove(key: string): Promise<void> {
    await until(() => this.#bytes.length >= 40, "the challenge is there");
    const s = this.#bytes.slice(8, 40);
    this.#bytes = new Uint8Array(0);
    const c = randomBytes(32);
    const proof = createHmac("sha256", key).update("client").update(s).update(c).digest();
    this.socket.write(Buffer.concat([c, proof]));
    await until(() => this.#bytes.length >= 33, "the manager has proved itself");
    this.#bytes = this.#bytes.slice(33);
    this.socket.on("data", () => this.#count());
  }

  /** Sends bytes as a message. */
  message(bytes: Uint8Array | readonly number[]): void {
    const frame = Buffer.alloc(4 + bytes.length);
    frame.writeUInt32LE(bytes.length);
    frame.set(bytes, 4);
    this.socket.write(frame);
  }

  /** Sends a request. */
  request(...request: unknown[]): void {
    const encoding = encode(request);
    const bytes = new Uint8Array(encoding.byteLength);
    encoding.writeTo(bytes);
    this.message(bytes);
  }

  #count(): void {
    while (this.#bytes.length >= 4) {
      const end = 4 + new DataView(this.#bytes.buffer, this.#bytes.byteOffset).getUint32(0, true);
      if (this.#bytes.length < end) return;
      this.replies++;
      const only = new Set<number>();
      try {
        if ((decode(this.#bytes.slice(4, end), { only }) as unknown[])[1]) this.errors++;
      } catch {
        // A proxy, which is not looked at.
      }
      this.#bytes = this.#bytes.slice(end);
    }
  }
}

/** Connects and proves itself. */
export async function hostile(path: string, key: string): Promise<Hostile> {
  const one = new Hostile(path);
  await one.prove(key);
  return one;
}

const text = (text: string): number[] => [0x80 + text.length, ...Buffer.from(text)];
/** A handle of a Lock that would lie at word 5. */
const LOCK = [0xee, 1, 5];

/** What can be tried: what is refused gets an error, what is no message ends the connection. */
export const attacks: readonly ((hostile: Hostile) => void)[] = [
  function refusedReference(one) {
    one.request(0, 1, 1, "get", ["a"]);
  },
  function refusedCode(one) {
    one.request(0, 1, 0, "register", ["x", { kind: "source", text: "() => {}" }]);
  },
  function refusedPool(one) {
    one.request(0, 1, 0, "make", [TYPE.pool, 2]);
  },
  function refusedIterator(one) {
    one.request(0, 1, 0, "make", [TYPE.iterator, {}]);
  },
  function refusedType(one) {
    one.request(0, 1, 0, "make", [99]);
  },
  function refusedArguments(one) {
    one.request(0, 1, 0, "make", [TYPE.dict, 7]);
  },
  function refusedManagement(one) {
    one.request(0, 1, 0, "constructor", []);
  },
  function cutForHandle(one) {
    one.message([0xa5, 0, 1, 0, ...text("publish"), 0xa2, ...text("x"), ...LOCK]);
  },
  function cutForHandleInside(one) {
    const sealing = [0xee, 63, LOCK.length, ...LOCK, 0];
    one.message([0xa5, 0, 1, 0, ...text("make"), 0xa2, TYPE.value, ...sealing]);
  },
  function cutForManagerOfTree(one) {
    one.message([0xa5, 0, 1, 0, ...text("publish"), 0xa2, ...text("x"), 0xee, 65, 0xd0]);
  },
  function cutForForeignProxy(one) {
    one.message([0xa5, 0, 1, 0, ...text("publish"), 0xa2, ...text("x"), 0xee, 62, 1, 0]);
  },
  function cutForNothing(one) {
    one.message([]);
  },
  function cutForNonsense(one) {
    one.message([0xff, 0xff]);
  },
  function cutForNoRequest(one) {
    one.request({ a: 1 });
  },
  function cutForNoNumber(one) {
    one.request(0, "1", 0, "count", []);
  },
  function cutForNoArguments(one) {
    one.request(0, 1, 0, "count", "args");
  },
  function cutForLength(one) {
    one.socket.write(new Uint8Array([255, 255, 255, 255]));
  },
];
