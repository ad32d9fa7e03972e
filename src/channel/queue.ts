/** The queue. */
import { shown } from "../parking/checks.ts";
import { registerHandles } from "../codec/handle.ts";
import { ClosedError, ProcessError } from "../errors.ts";
import type { OwnerId } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { registerReadiness } from "../parking/readiness.ts";
import { throwIfAborted, type WaitOptions } from "../parking/waitable.ts";
import { adopt, claim } from "../parking/adopt.ts";
import { Channel } from "./channel.ts";
import { KIND } from "./kinds.ts";
import { CHANNEL } from "./layout.ts";
import { draftValue, type Postage } from "./message.ts";
import { partyOf } from "./party.ts";
import { LARGEST_CAPACITY } from "./position.ts";
import { iterate, Receiver } from "./receiver.ts";
import { Sender } from "./sender.ts";
import { inspectable } from "../runtime/inspection.ts";

/** What {@linkcode Queue.tryGet} found: an item, nothing, or that nothing will come any more. */
export type TryGet<T> =
  | { readonly state: "item"; readonly value: T }
  | { readonly state: "empty" }
  | { readonly state: "closed" };

/** What a queue of a subclass is made of. */
export interface QueueKind {
  /** The kind of its objects. */
  readonly kind: number;
  /** How many words it has behind those of its channel. */
  readonly words: number;
}

/** What a subclass looks into. */
export interface QueueParts {
  readonly member: Member;
  readonly channel: Channel;
  /** The words behind those of the channel. */
  readonly at: WordIndex;
  /** Begins a wait that the queue must not be disposed of during; returns what ends it. */
  begin(): () => void;
}

/** The words of a plain queue. */
const PLAIN: QueueKind = { kind: KIND.queue, words: 0 };

let nextKind = PLAIN;

/** The next queue is of this kind; passes the argument of its constructor through. */
export function asKind<A>(kind: QueueKind, argument: A): A {
  nextKind = kind;
  return argument;
}

/** The object of a queue, for messages. */
export let objectOfQueue: (queue: Queue) => WordIndex;

/** What takes items out of a queue. */
let receiverOf: (queue: Queue) => Receiver;

/** What a subclass looks into; says what for, should the queue have been disposed of. */
export let partsOfQueue: (queue: Queue, act: string) => QueueParts;

const one = (): number => 1;

/**
 * A queue: any process puts items in at one end, any process takes them out at the other.
 *
 * - Items of one process come out in the order in which it put them in. None is lost, none comes twice.
 * - An item is copied into shared memory by `put()` itself: what cannot be sent throws there, and a process may
 *   end as soon as it has put its last item.
 * - A process that dies at any moment, by whatever signal, costs at most the item that it was putting or getting.
 *   An item that it had got is gone with it.
 * - Putting and getting when nobody waits makes no system call.
 * - It can be sent to other processes at any time, also through another queue. It goes with the last process
 *   that has it and the last message that carries it; items that nobody has got by then go with it.
 *
 * A process that is stopped (SIGSTOP, a debugger) within the microsecond in which it puts or gets holds
 * others up until it goes on or dies.
 *
 * Modelled on Python's `multiprocessing.Queue`.
 *
 * @example Send work to a process, and results back
 * ```ts
 * import { Process, Queue } from "@x/mp";
 *
 * export async function square(numbers: Queue<number>, squares: Queue<number>) {
 *   for await (const n of numbers) await squares.put(n * n);
 *   squares.close();
 * }
 *
 * if (import.meta.main) {
 *   const numbers = new Queue<number>(), squares = new Queue<number>();
 *   const process = new Process(square, { args: [numbers, squares] }).start();
 *   for (const n of [1, 2, 3]) await numbers.put(n);
 *   numbers.close();
 *   for await (const n of squares) console.log(n); // 1, 4, 9
 *   await process.join();
 * }
 * ```
 */
export class Queue<T = unknown> implements AsyncIterable<T>, Disposable {
  readonly #member: Member;
  readonly #object: WordIndex;
  readonly #channel: Channel;
  readonly #postage: Postage;
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  #waits = 0;
  #isDisposed = false;

  static {
    objectOfQueue = (queue) => {
      queue.#check("send");
      return queue.#object;
    };
    receiverOf = (queue) => {
      queue.#check("wait for");
      return queue.#receiver;
    };
    partsOfQueue = (queue, act) => {
      queue.#check(act);
      const member = queue.#member;
      const begin = () => {
        queue.#waits++;
        return () => void queue.#waits--;
      };
      return { member, channel: queue.#channel, at: queue.#object + CHANNEL.size, begin };
    };
  }

  /**
   * Makes a queue.
   *
   * @param maxSize How many items it takes before `put()` waits; 0, the default, for as many as there is
   * memory for. Memory is used for what is in it, not for what could be.
   * @throws {RangeError} if it is negative or not an integer.
   * @throws {OutOfMemoryError} if there is no room for the queue itself.
   */
  constructor(maxSize = 0) {
    const { kind, words } = nextKind;
    nextKind = PLAIN;
    if (!Number.isInteger(maxSize) || maxSize < 0 || maxSize > LARGEST_CAPACITY) {
      throw new RangeError(
        `Cannot make a queue: maxSize must be an integer from 0 to ${LARGEST_CAPACITY}, ` +
          `got ${shown(maxSize)}`,
      );
    }
    const { member, at, isNew } = claim(kind, CHANNEL.size + words, this);
    const party = partyOf(member);
    this.#member = member;
    this.#object = at;
    this.#channel = isNew ? Channel.create(party, at, maxSize) : new Channel(party, at);
    this.#postage = { weigh: one, pieces: this.#channel.pieces };
    this.#sender = new Sender(member, this.#channel, {
      handle: this,
      room: "room in the queue",
      closed: () => new ClosedError("Cannot put into the queue: it is closed"),
    });
    this.#receiver = new Receiver(member, this.#channel, {
      handle: this,
      item: "an item in the queue",
      closed: () => new ClosedError("Cannot get from the queue: it is closed and empty"),
    });
  }

  /** How many items it takes before `put()` waits; 0 if there is no bound. */
  get maxSize(): number {
    return this.#channel.frontier.capacity;
  }

  /** How many items are in it: exact for one moment during the call. */
  get size(): number {
    this.#check("look at");
    return this.#channel.frontier.load;
  }

  /** Whether no item is in it: exact for one moment during the call. */
  get isEmpty(): boolean {
    return this.size === 0;
  }

  /** Whether there is no room for another item: exact for one moment during the call. */
  get isFull(): boolean {
    return this.maxSize > 0 && this.size >= this.maxSize;
  }

  /** Whether it was closed, by whichever process. */
  get isClosed(): boolean {
    this.#check("look at");
    return this.#channel.frontier.isClosed;
  }

  /**
   * Puts an item in; waits on the event loop while the queue is full.
   *
   * The item is copied during the call. Several puts of one process that wait go in in the order of the calls.
   *
   * @param value What structured clone takes, or something shared, which is not copied.
   * @param wait How long to wait.
   * @throws {SerializationError} if it cannot be sent; the queue is as it was.
   * @throws {ClosedError} if the queue is closed, or becomes so meanwhile.
   * @throws {TimeoutError} if there was no room in time.
   * @throws {OutOfMemoryError} if there is no memory for it; the queue is as it was.
   * @throws The signal's reason, if that aborted the wait.
   */
  put(value: T, wait?: WaitOptions): Promise<void> {
    try {
      this.#check("put into");
      throwIfAborted(wait);
      return this.#sender.async(draftValue(this.#member, value, this.#postage), wait);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Puts an item in; blocks this thread while the queue is full. Throws what {@linkcode Queue.put} rejects with.
   *
   * @param value What structured clone takes, or something shared.
   * @param wait How long to wait; its signal cannot abort a wait that blocks, and is looked at before.
   */
  putSync(value: T, wait?: WaitOptions): void {
    this.#check("put into");
    this.#sender.sync(draftValue(this.#member, value, this.#postage), wait);
  }

  /**
   * Puts an item in if there is room for it; never waits.
   *
   * @returns Whether it is in; false also while other puts of this process wait.
   * @throws {SerializationError} if it cannot be sent.
   * @throws {ClosedError} if the queue is closed.
   */
  tryPut(value: T): boolean {
    this.#check("put into");
    if (this.#sender.isFull(1) && !this.#channel.frontier.isClosed) return false;
    return this.#sender.try(draftValue(this.#member, value, this.#postage));
  }

  /**
   * Takes the oldest item out; waits on the event loop while there is none.
   *
   * Several gets of one process that wait are served in the order of the calls.
   *
   * @param wait How long to wait.
   * @throws {ClosedError} if the queue is closed and everything was taken out.
   * @throws {TimeoutError} if nothing came in time.
   * @throws {SerializationError} if the item cannot be read here, as one that was made by another version
   * of this module; it is gone.
   * @throws The signal's reason, if that aborted the wait.
   */
  get(wait?: WaitOptions): Promise<T> {
    try {
      this.#check("get from");
      return this.#receiver.value(wait) as Promise<T>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Takes the oldest item out; blocks this thread while there is none. Throws what {@linkcode Queue.get}
   * rejects with.
   *
   * @param wait How long to wait; its signal cannot abort a wait that blocks, and is looked at before.
   */
  getSync(wait?: WaitOptions): T {
    this.#check("get from");
    return this.#receiver.valueSync(wait) as T;
  }

  /** Takes the oldest item out if there is one; never waits. */
  tryGet(): TryGet<T> {
    this.#check("get from");
    return this.#receiver.try() as TryGet<T>;
  }

  /**
   * Ends the queue for everybody: nothing can be put in any more. What is in it can still be taken out;
   * then `get()` rejects and iterations end. Nothing happens the second time.
   */
  close(): void {
    this.#check("close");
    this.#channel.close();
  }

  /** The items as they come, each taken out; ends when the queue is closed and empty. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return iterate<T>(this.#receiver, () => this.#check("get from"));
  }

  /**
   * Gives this process's part in it back; others can go on using it. Later use in this process throws.
   *
   * Not necessary: the garbage collector does so, too.
   *
   * @throws {ProcessError} if this process waits for it.
   */
  dispose(): void {
    if (this.#isDisposed) return;
    const pending = this.#sender.pending + this.#receiver.pending + this.#waits;
    if (pending > 0) {
      throw new ProcessError(
        `Cannot dispose of the queue: ${pending} waits of this process are pending`,
      );
    }
    this.#isDisposed = true;
    this.#member.handles.drop(this.#object, this);
  }

  /** The same as {@linkcode Queue.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #check(act: string): void {
    if (!this.#isDisposed) return;
    throw new ClosedError(`Cannot ${act} the queue: this process has disposed of it`);
  }
}

/** Frees what is in the queue that nobody holds any more. */
export function endQueue(member: Member, at: WordIndex): void {
  new Channel(partyOf(member), at).end();
}

/** A process has died that may have used the queue. */
export function mournQueue(member: Member, at: WordIndex, dead: OwnerId): void {
  new Channel(partyOf(member), at).bury(dead);
}

registerHandles({
  kind: KIND.queue,
  name: "Queue",
  prototype: Queue.prototype,
  at: (queue) => objectOfQueue(queue),
  make: (at) => adopt(at, () => new Queue()),
  end: endQueue,
  mourn: mournQueue,
});

registerReadiness(Queue.prototype, (queue) => receiverOf(queue as Queue).watch());

inspectable(Queue.prototype, ["size", "maxSize", "isClosed"]);
