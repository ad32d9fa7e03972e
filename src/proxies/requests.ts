/**
 * The requests of a manager: a queue that its server reads, and what a manager is in shared memory.
 *
 * | word | meaning |
 * | --- | --- |
 * | server | the process that hosts, or 0 until it is started |
 * | pid | its process id |
 * | end | 0 as long as the manager is open, 1 once it was closed in order |
 * | exit | 0 until the process that started the server knows how it has ended, then its exit code + 1024 |
 * | references | how many references were given out: none is given twice |
 */
import { registerHandles } from "../codec/handle.ts";
import { adopt } from "../parking/adopt.ts";
import { Channel } from "../channel/channel.ts";
import { draftValue, dropDraft } from "../channel/message.ts";
import { partyOf } from "../channel/party.ts";
import {
  asKind,
  endQueue,
  mournQueue,
  objectOfQueue,
  partsOfQueue,
  Queue,
} from "../channel/queue.ts";
import { ClosedError, ProcessDiedError, ProcessError } from "../errors.ts";
import { NOBODY, type OwnerId } from "../memory/owner_id.ts";
import { CHANNEL } from "../channel/layout.ts";
import { struct } from "../memory/struct.ts";
import type { WordIndex } from "../memory/words.ts";
import { type Member, member } from "../parking/member.ts";
import { signalName } from "../runtime/signals.ts";
import { KIND } from "./kinds.ts";
import type { Reference, Request } from "./messages.ts";

const WORDS = struct({ server: 1, pid: 1, end: 1, exit: 1, references: 1 });
const CLOSED = 1;

/** What makes a word of an exit code, which is negative after a signal: never 0. */
const KNOWN = 1024;

/** What can still be told of a manager when this process has let go of it. */
interface Last {
  readonly pid: number;
  readonly end: number;
  readonly exit: number;
}

/** Who has started a server, and so can find out how it has ended. */
export interface Starter {
  /** Says how it has ended, if that can be known. */
  look(): void;
  /** Resolves when a server that is dead has been found dead by this process, too, and so can be looked at. */
  ended(): Promise<unknown>;
}

/** The requests of one manager. */
export class RequestQueue extends Queue<Request> {
  #last: Last | undefined;
  #starter: Starter | undefined;

  /** Makes the queue; it has no server yet. */
  constructor() {
    super(asKind({ kind: KIND.requests, words: WORDS.size }, 0));
  }

  /** The object in shared memory. */
  get object(): WordIndex {
    return objectOfQueue(this as Queue);
  }

  /** The process that hosts. */
  get server(): OwnerId {
    return this.#load(WORDS.server);
  }

  /** The process id of who hosts. */
  get pid(): number {
    return this.#last?.pid ?? this.#load(WORDS.pid);
  }

  /** Whether nothing can be asked any more. */
  override get isClosed(): boolean {
    return this.#last !== undefined || super.isClosed;
  }

  /** Says who hosts, as soon as that is known. */
  setServer(server: OwnerId, pid: number): void {
    const { member, at } = partsOfQueue(this as Queue, "start");
    member.heap.words.store(at + WORDS.pid, pid);
    member.heap.words.store(at + WORDS.server, server);
  }

  /**
   * Says how the server has ended, as soon as that is known.
   *
   * @param exitCode Its exit code; `-N` if signal N killed it.
   */
  setExit(exitCode: number): void {
    if (this.#last !== undefined) return;
    const { member, at } = partsOfQueue(this as Queue, "end");
    member.heap.words.store(at + WORDS.exit, exitCode + KNOWN);
  }

  /** This process has started the server. */
  setStarter(starter: Starter): void {
    this.#starter = starter;
  }

  /** A reference that nothing else has. */
  nextReference(): Reference {
    const { member, at } = partsOfQueue(this as Queue, "use");
    return member.heap.words.add(at + WORDS.references, 1) + 1;
  }

  /** Takes no more requests; those that are there are served. */
  override close(): void {
    const { member, at } = partsOfQueue(this as Queue, "close");
    member.heap.words.store(at + WORDS.end, CLOSED);
    try {
      super.close();
    } catch (error) {
      // It is closed. A server that is dying cannot be rung, and any other looks by itself before long.
      if (!(error instanceof ProcessError)) throw error;
    }
  }

  /** The same as {@linkcode RequestQueue.endedError}, which in the process that has started the server says how it has ended. */
  async endedErrorLater(act: string): Promise<Error> {
    if (!this.#wasClosed) await this.#starter?.ended();
    return this.endedError(act);
  }

  /** Why nothing can be called any more. */
  endedError(act: string): Error {
    if (this.#wasClosed) {
      return new ClosedError(`Cannot ${act}: the manager is closed`);
    }
    this.#starter?.look();
    const pid = this.pid;
    const exit = this.#last?.exit ?? this.#load(WORDS.exit);
    const exitCode = exit === 0 ? null : exit - KNOWN;
    const signal = exitCode !== null && exitCode < 0 ? signalName(-exitCode) : null;
    const how = exitCode === null
      ? ""
      : signal === null
      ? ` (exit code ${exitCode})`
      : ` (${signal})`;
    return new ProcessDiedError(`Cannot ${act}: the manager's process ${pid} has died${how}`, {
      pid,
      exitCode,
      signal,
    });
  }

  /** This process lets go of it, after it was closed. */
  override dispose(): void {
    if (this.#last !== undefined) return;
    const [end, exit] = [this.#load(WORDS.end), this.#load(WORDS.exit)];
    this.#last = { pid: this.pid, end, exit };
    super.dispose();
  }

  get #wasClosed(): boolean {
    return (this.#last?.end ?? this.#load(WORDS.end)) === CLOSED;
  }

  #load(word: number): number {
    const { member, at } = partsOfQueue(this as Queue, "look at");
    return member.heap.words.load(at + word);
  }
}

/** The handle of the requests of a manager. */
export function requestsAt(at: WordIndex): RequestQueue {
  return member().handles.get(at, () => adopt(at, () => new RequestQueue()));
}

/**
 * Puts a request on behalf of shared memory itself: needs no handle, and does nothing if nobody would serve it.
 */
export function tellServer(self: Member, at: WordIndex, request: Request): void {
  const draft = draftValue(self, request, { weigh: () => 1 });
  try {
    new Channel(partyOf(self), at).put(draft);
  } finally {
    dropDraft(self, draft);
  }
}

registerHandles<RequestQueue>({
  kind: KIND.requests,
  name: "Manager",
  prototype: RequestQueue.prototype,
  at: (queue) => queue.object,
  make: (at) => adopt(at, () => new RequestQueue()),
  end: endQueue,
  mourn(self: Member, at: WordIndex, dead: OwnerId) {
    mournQueue(self, at, dead);
    const server = self.heap.words.load(at + CHANNEL.size + WORDS.server);
    if (server === dead) new Channel(partyOf(self), at).close();
    else if (server !== NOBODY) tellServer(self, at, [dead, 0, 0, "died", []]);
  },
});
