/** The way to a manager of this tree: requests and replies are queues in shared memory. */
import { ClosedError } from "../errors.ts";
import { Spinner } from "../parking/spin.ts";
import { type Member, member } from "../parking/member.ts";
import type { Link, Reference, Reply } from "./messages.ts";
import { ReplyQueue } from "./replies.ts";
import type { RequestQueue } from "./requests.ts";
import { revived } from "./revived.ts";

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

const links: WeakMap<RequestQueue, Link & { end?(): void }> = new WeakMap();

/** The way of this process to a manager. */
export function linkTo(requests: RequestQueue): Link {
  let link = links.get(requests);
  if (link === undefined) links.set(requests, link = new TreeLink(requests));
  return link;
}

/** The manager has ended, and this process lets go of its way to it. */
export function endLink(requests: RequestQueue): void {
  links.get(requests)?.end?.();
  requests.dispose();
}

/** The process that hosts has a shorter way to itself. */
export function setLink(requests: RequestQueue, link: Link): void {
  links.set(requests, link);
}

/**
 * How long to look for a reply before sleeping, in ms: longer than it takes to wake the server's event loop, so that a
 * process that asks again and again finds it awake. See `bench/managers.ts`.
 */
const SPIN = 0.08;

/** Wakes the reader of the replies. */
const NUDGE: Reply = [0, false, undefined];

/**
 * One process's way to one manager.
 *
 * Replies come in any order. Whoever reads one that is another's hands it over; a call that blocks the thread
 * reads for all, and wakes the reader on the event loop if nothing is left for that.
 */
class TreeLink implements Link {
  readonly #member: Member = member();
  readonly #requests: RequestQueue;
  readonly #waiting: Map<number, Waiting> = new Map();
  #replies: ReplyQueue | undefined;
  readonly #spinner: Spinner;
  #calls = 0;
  #isReading = false;
  #isOver = false;

  constructor(requests: RequestQueue) {
    this.#requests = requests;
    this.#spinner = new Spinner(this.#member.heap.platform, SPIN);
  }

  call(target: Reference, act: string, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const call = this.#ask(target, act, args);
      this.#waiting.set(call, { resolve, reject });
      if (!this.#isReading) void this.#read();
    });
  }

  callSync(target: Reference, act: string, args: readonly unknown[]): unknown {
    const call = this.#ask(target, act, args);
    const replies = this.#replies!;
    const others = this.#waiting.size;
    try {
      for (;;) {
        const reply = this.#soon(replies) ?? replies.getSync();
        if (reply[0] !== call) this.#deliver(reply);
        else if (reply[1]) throw revived(reply[2], this.#requests.pid);
        else return reply[2];
      }
    } catch (error) {
      throw error instanceof ClosedError && replies.isClosed ? this.#ended(act) : error;
    } finally {
      if (others > 0 && this.#waiting.size === 0) replies.isClosed || replies.tryPut(NUDGE);
    }
  }

  /** There will be no replies any more. */
  end(): void {
    this.#isOver = true;
    this.#fail(this.#ended("go on"));
    if (!this.#isReading) this.#replies?.dispose();
  }

  /** Sends a request; returns the number of the call. */
  #ask(target: Reference, act: string, args: readonly unknown[]): number {
    if (this.#isOver) throw this.#ended(act);
    const session = this.#member.owner;
    try {
      if (this.#replies === undefined) {
        const replies = ReplyQueue.of(this.#member, this.#requests.server);
        if (replies === undefined) throw this.#ended(act);
        this.#requests.putSync([session, 0, 0, "hello", [replies]]);
        this.#replies = replies;
      }
      const call = ++this.#calls;
      this.#requests.putSync([session, call, target, act, args]);
      return call;
    } catch (error) {
      throw error instanceof ClosedError && this.#requests.isClosed ? this.#ended(act) : error;
    }
  }

  /** Hands out replies as long as somebody on the event loop waits for one. */
  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#waiting.size > 0) {
        const replies = this.#replies!;
        this.#deliver(this.#soon(replies) ?? await replies.get());
      }
    } catch (error) {
      const isEnd = error instanceof ClosedError;
      this.#fail(isEnd ? await this.#requests.endedErrorLater("finish a call") : error);
    } finally {
      this.#isReading = false;
      if (this.#isOver) this.#replies!.dispose();
    }
  }

  #soon(replies: ReplyQueue): Reply | undefined {
    const look = () => {
      const got = replies.tryGet();
      return got.state === "item" ? got.value : undefined;
    };
    return look() ?? this.#spinner.spin(look);
  }

  #fail(error: unknown): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of all) reject(error);
  }

  #deliver([call, failed, value]: Reply): void {
    const waiting = this.#waiting.get(call);
    if (waiting === undefined) return;
    this.#waiting.delete(call);
    if (failed) waiting.reject(revived(value, this.#requests.pid));
    else waiting.resolve(value);
  }

  #ended(act: string): Error {
    return this.#requests.endedError(`call ${act}`);
  }
}
