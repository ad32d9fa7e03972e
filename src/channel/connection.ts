/** The two ends of a pipe. */
import { checkOptions, shown } from "../parking/checks.ts";
import { registerHandles } from "../codec/handle.ts";
import { BrokenPipeError, ClosedError, EOFError } from "../errors.ts";
import type { WordIndex } from "../memory/words.ts";
import { type Member, member as currentMember } from "../parking/member.ts";
import { registerReadiness } from "../parking/readiness.ts";
import { throwIfAborted, type WaitOptions } from "../parking/waitable.ts";
import { adopt, claimReceived } from "../parking/adopt.ts";
import type { Channel } from "./channel.ts";
import { KIND } from "./kinds.ts";
import { draftBytes, draftValue, type Postage } from "./message.ts";
import { closeEnd, makePipe, openEnd, weightOf } from "./pipe_words.ts";
import { iterate, Receiver, type Refuses } from "./receiver.ts";
import type { Taken } from "./record.ts";
import { Sender } from "./sender.ts";
import { inspectable } from "../runtime/inspection.ts";

/** How to wait for bytes, and how many to take. */
export interface ReceiveBytesOptions extends WaitOptions {
  /** At most so many bytes; a longer message stays where it is, and the call throws. */
  readonly maxLength?: number;
}

/** Which directions a pipe has. */
export interface PipeOptions {
  /** Whether both ends send and receive, the default; if false, the first only receives and the second only sends. */
  readonly duplex?: boolean;
}

let objectOf: (connection: Connection<never, unknown>) => WordIndex;
let receiverOf: (connection: Connection<never, unknown>) => Receiver;

/**
 * One end of a pipe: what is sent here is received at the other end.
 *
 * - Messages are values or bytes, and arrive whole and in order. Several processes may use one end: each message goes
 *   to one of them.
 * - What cannot be sent throws in `send()`; a process may end as soon as it has sent its last message.
 * - When nobody has the other end any more (all who had it have closed it, or have ended, however), what it sent can
 *   still be received; then `recv()` rejects with `EOFError`. `send()` rejects with `BrokenPipeError` at once.
 * - About 1 MiB may be on its way in each direction; then `send()` waits.
 * - It can be sent to other processes at any time, also through another connection. This process keeps it: close it
 *   here if it is for the other alone, or you will never see that the other has gone.
 *
 * Modelled on Python's `multiprocessing.connection.Connection`.
 *
 * @example
 * ```ts
 * import { pipe } from "@x/mp";
 *
 * const [here, there] = pipe<string>();
 * await there.send("hello");
 * there.close();
 * for await (const message of here) console.log(message); // hello, and then end of file
 * here.close();
 * ```
 */
export class Connection<S = unknown, R = S> implements AsyncIterable<R>, Disposable {
  readonly #member: Member;
  readonly #object: WordIndex;
  readonly #outgoing: Channel | undefined;
  readonly #incoming: Channel | undefined;
  readonly #sender: Sender | undefined;
  readonly #postage: Postage | undefined;
  readonly #receiver: Receiver | undefined;
  #isClosed = false;

  static {
    objectOf = (connection) => {
      connection.#checkOpen("send");
      return connection.#object;
    };
    receiverOf = (connection) => connection.#receiving("wait for");
  }

  /** Not for users: {@linkcode pipe} makes connections, two at a time. */
  constructor() {
    const { member, at } = claimReceived("Cannot make one connection: pipe() makes two");
    const { outgoing, incoming } = openEnd(member, at);
    this.#member = member;
    this.#object = at;
    this.#outgoing = outgoing;
    this.#incoming = incoming;
    if (outgoing !== undefined) {
      this.#postage = { weigh: weightOf, pieces: outgoing.pieces };
      this.#sender = new Sender(member, outgoing, {
        handle: this,
        room: "room in the pipe",
        closed: () =>
          new BrokenPipeError("Cannot send: nobody has the other end of the pipe any more"),
      });
    }
    if (incoming !== undefined) {
      this.#receiver = new Receiver(member, incoming, {
        handle: this,
        item: "a message in the pipe",
        closed: () =>
          new EOFError(
            "Cannot receive: nobody has the other end of the pipe any more, and all that it sent was received",
          ),
      });
    }
  }

  /** Whether it can send. */
  get writable(): boolean {
    return this.#sender !== undefined;
  }

  /** Whether it can receive. */
  get readable(): boolean {
    return this.#receiver !== undefined;
  }

  /** Whether this process has closed it. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Sends a value; waits on the event loop while the pipe is full.
   *
   * @param value What structured clone takes, or something shared. It is copied during the call.
   * @param wait How long to wait.
   * @throws {SerializationError} if it cannot be sent.
   * @throws {BrokenPipeError} if nobody has the other end any more.
   * @throws {ClosedError} if this process has closed this end.
   * @throws {TypeError} if this end only receives.
   * @throws {TimeoutError} if there was no room in time.
   * @throws The signal's reason, if that aborted the wait.
   */
  send(value: S, wait?: WaitOptions): Promise<void> {
    try {
      const sender = this.#sending();
      throwIfAborted(wait);
      return sender.async(draftValue(this.#member, value, this.#postage!), wait);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Sends a value; blocks this thread while the pipe is full. Throws what {@linkcode Connection.send} rejects with.
   *
   * @param value What structured clone takes, or something shared.
   * @param wait How long to wait; its signal cannot abort a wait that blocks, and is looked at before.
   */
  sendSync(value: S, wait?: WaitOptions): void {
    this.#sending().sync(draftValue(this.#member, value, this.#postage!), wait);
  }

  /**
   * Sends bytes, as they are; waits on the event loop while the pipe is full. The other end takes them with
   * {@linkcode Connection.recvBytes}. Rejects with what {@linkcode Connection.send} rejects with.
   *
   * @param bytes They are copied during the call.
   * @param wait How long to wait.
   */
  sendBytes(bytes: ArrayBufferView | ArrayBufferLike, wait?: WaitOptions): Promise<void> {
    try {
      const sender = this.#sending();
      throwIfAborted(wait);
      return sender.async(draftBytes(this.#member, bytesOf(bytes), this.#postage!), wait);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Sends bytes; blocks this thread while the pipe is full.
   *
   * @param bytes They are copied.
   * @param wait How long to wait; its signal cannot abort a wait that blocks, and is looked at before.
   */
  sendBytesSync(bytes: ArrayBufferView | ArrayBufferLike, wait?: WaitOptions): void {
    this.#sending().sync(draftBytes(this.#member, bytesOf(bytes), this.#postage!), wait);
  }

  /**
   * Receives a value; waits on the event loop until one comes.
   *
   * @param wait How long to wait.
   * @throws {EOFError} if nobody has the other end any more and everything was received.
   * @throws {ClosedError} if this process has closed this end, or does so meanwhile.
   * @throws {TypeError} if this end only sends, or if bytes come next; they stay where they are.
   * @throws {TimeoutError} if nothing came in time.
   * @throws {SerializationError} if the value cannot be read here; it is gone.
   * @throws The signal's reason, if that aborted the wait.
   */
  recv(wait?: WaitOptions): Promise<R> {
    try {
      return this.#receiving("receive").value(wait, refuseBytes) as Promise<R>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Receives a value; blocks this thread until one comes. Throws what {@linkcode Connection.recv} rejects with.
   *
   * @param wait How long to wait; its signal cannot abort a wait that blocks, and is looked at before.
   */
  recvSync(wait?: WaitOptions): R {
    return this.#receiving("receive").valueSync(wait, refuseBytes) as R;
  }

  /**
   * Receives bytes; waits on the event loop until some come. Rejects with what {@linkcode Connection.recv} rejects with.
   *
   * @param options How long to wait, and how many bytes to take.
   * @returns One message as it was sent, in memory of its own.
   * @throws {TypeError} if a value comes next; it stays where it is.
   * @throws {RangeError} if the next message is longer than `maxLength`; it stays where it is.
   */
  recvBytes(options?: ReceiveBytesOptions): Promise<Uint8Array<ArrayBuffer>> {
    try {
      const receiver = this.#receiving("receive");
      const refuse = refuserOf(options?.maxLength);
      return receiver.value(options, refuse) as Promise<Uint8Array<ArrayBuffer>>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Receives bytes; blocks this thread until some come.
   *
   * @param options How long to wait, and how many bytes to take; its signal is looked at before.
   * @returns One message as it was sent, in memory of its own.
   */
  recvBytesSync(options?: ReceiveBytesOptions): Uint8Array<ArrayBuffer> {
    const receiver = this.#receiving("receive");
    return receiver.valueSync(options, refuserOf(options?.maxLength)) as Uint8Array<ArrayBuffer>;
  }

  /**
   * Whether receiving would not wait: a message is there, or end of file.
   *
   * @param wait How long to wait for that; by default not at all.
   * @returns Whether it is so; false if the time was over.
   * @throws {ClosedError} if this process has closed this end, or does so meanwhile.
   * @throws {TypeError} if this end only sends.
   * @throws The signal's reason, if that aborted the wait.
   */
  async poll(wait?: WaitOptions): Promise<boolean> {
    return await this.#receiving("poll").poll(wait);
  }

  /**
   * Whether receiving would not wait: a message is there, or end of file.
   *
   * @param wait For how long to block this thread for that; by default not at all. Its signal is looked at before.
   * @returns Whether it is so; false if the time was over.
   */
  pollSync(wait?: WaitOptions): boolean {
    return this.#receiving("poll").pollSync(wait);
  }

  /** The values as they come, each received; ends when nobody has the other end any more. */
  [Symbol.asyncIterator](): AsyncIterableIterator<R> {
    const receiver = this.#receiving("receive");
    return iterate<R>(receiver, () => void this.#receiving("receive"), refuseBytes);
  }

  /**
   * Closes this end for this process: later use here throws, and pending waits of this process end so, too. The
   * other end finds end of file when everybody who has this one has closed it. A second call does nothing.
   */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { parking, handles } = this.#member;
    if (this.#sender?.endWaits(() => closedError("send"))) {
      parking.wakeOwn(this.#outgoing!.frontier.headWord);
    }
    if (this.#receiver?.endWaits(() => closedError("receive"))) {
      parking.wakeOwn(this.#incoming!.frontier.tailWord);
    }
    handles.drop(this.#object, this);
  }

  /** The same as {@linkcode Connection.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  #sending(): Sender {
    this.#checkOpen("send");
    if (this.#sender !== undefined) return this.#sender;
    throw new TypeError("Cannot send: this end of the pipe only receives");
  }

  #receiving(act: string): Receiver {
    this.#checkOpen(act);
    if (this.#receiver !== undefined) return this.#receiver;
    throw new TypeError(`Cannot ${act}: this end of the pipe only sends`);
  }

  #checkOpen(act: string): void {
    if (this.#isClosed) throw closedError(act);
  }
}

/**
 * Makes a pipe: two connections, each the other's end.
 *
 * An end is not collected while somebody waits at it. One that is open and that your code mentions nowhere any more is closed by the
 * garbage collector, as if you had closed it, on Bun also while its variable is in scope: close what you hold when the
 * other end shall see its end, and not before.
 *
 * @param options Which directions it has.
 * @returns The two ends. If it is not duplex, the first only receives and the second only sends.
 * @throws {OutOfMemoryError} if there is no room.
 *
 * @example Talk with a process
 * ```ts
 * import { type Connection, pipe, Process } from "@x/mp";
 *
 * export async function answer(end: Connection<string>) {
 *   for await (const name of end) await end.send(`Hello, ${name}`);
 * }
 *
 * if (import.meta.main) {
 *   const [mine, theirs] = pipe<string>();
 *   const process = new Process(answer, { args: [theirs] }).start();
 *   theirs.close(); // the child has it, and nobody else
 *   await mine.send("Ada");
 *   console.log(await mine.recv()); // Hello, Ada
 *   mine.close();
 *   await process.join();
 * }
 * ```
 */
export function pipe<T = unknown, U = T>(
  options?: { readonly duplex?: true },
): [Connection<T, U>, Connection<U, T>];
/** Makes a pipe with one direction: the first end receives, the second sends. */
export function pipe<T = unknown>(
  options: { readonly duplex: false },
): [Connection<never, T>, Connection<T, never>];
/** Makes a pipe with the directions that the options say. */
export function pipe<T = unknown, U = T>(
  options?: PipeOptions,
): [Connection<T, U>, Connection<U, T>];
export function pipe(options: PipeOptions = {}): [Connection, Connection] {
  checkOptions("make a pipe", options);
  const { duplex = true } = options;
  const member = currentMember();
  const [first, second] = makePipe(member, duplex).map((at) =>
    member.handles.get(at, () => adopt(at, () => new Connection()))
  );
  return [first, second];
}

function closedError(act: string): ClosedError {
  return new ClosedError(`Cannot ${act}: this process has closed this end of the pipe`);
}

function bytesOf(bytes: ArrayBufferView | ArrayBufferLike): Uint8Array {
  if (ArrayBuffer.isView(bytes)) {
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  const isBuffer = bytes instanceof ArrayBuffer || bytes instanceof SharedArrayBuffer;
  if (isBuffer) return new Uint8Array(bytes);
  throw new TypeError(`Cannot send bytes: they must be a view or a buffer, got ${typeof bytes}`);
}

function refuseBytes({ isBytes }: Taken): Error | undefined {
  if (!isBytes) return undefined;
  return new TypeError("Cannot receive a value: bytes come next, take them with recvBytes()");
}

function refuserOf(maxLength = Infinity): Refuses {
  if (typeof maxLength !== "number" || !(maxLength >= 0)) {
    throw new RangeError(
      `Cannot receive bytes: maxLength must be 0 or more, got ${shown(maxLength)}`,
    );
  }
  return ({ isBytes, byteLength }) => {
    if (!isBytes) {
      return new TypeError("Cannot receive bytes: a value comes next, take it with recv()");
    }
    if (byteLength <= maxLength) return undefined;
    return new RangeError(
      `Cannot receive bytes: at most ${maxLength} are wanted, ${byteLength} come next`,
    );
  };
}

registerHandles({
  kind: KIND.connection,
  name: "Connection",
  prototype: Connection.prototype as Connection<never, unknown>,
  at: (connection) => objectOf(connection),
  make: (at) => adopt(at, () => new Connection<never, unknown>()),
  end: closeEnd,
});

registerReadiness(
  Connection.prototype as Connection<never, unknown>,
  (connection) => receiverOf(connection).watch(),
);

inspectable(Connection.prototype, ["readable", "writable", "isClosed"]);
