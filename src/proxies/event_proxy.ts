/** Events and barriers that a manager hosts for unrelated processes. */
import type { WaitOptions } from "../parking/waitable.ts";
import { Hosted, setProxyOf } from "./hosted.ts";
import { patience } from "./lock_proxy.ts";
import { ask, type Async, operate, plain, type Sync, type Table } from "./operations.ts";
import { TYPE } from "./types.ts";

/** What can be asked of an event. */
export interface EventOperations {
  /** Sets it: all that wait go on. */
  set(): void;
  /** Clears it: who comes from now on waits. */
  clear(): void;
  /** Whether it is set. */
  isSet(): boolean;
}

/** An event that a manager hosts for processes that share no memory with it. */
export interface EventProxy extends Async<EventOperations>, Sync<EventOperations>, Disposable {
  /** Waits until it is set; a signal cannot be sent. */
  wait(wait?: Pick<WaitOptions, "timeout">): Promise<true>;
  /** This process does not use it any more. */
  dispose(): void;
}

/** What can be asked of a barrier. */
export interface BarrierOperations {
  /** Breaks it for all that wait. */
  abort(): void;
  /** Makes it whole again. */
  reset(): void;
  /** How many parties it is for. */
  parties(): number;
  /** How many wait. */
  waiting(): number;
  /** Whether it is broken. */
  broken(): boolean;
}

/** A barrier that a manager hosts for processes that share no memory with it. A client that ends while it waits breaks it. */
export interface BarrierProxy
  extends Async<BarrierOperations>, Sync<BarrierOperations>, Disposable {
  /** Waits for the others; returns which of them this one is. A signal cannot be sent. */
  wait(wait?: Pick<WaitOptions, "timeout">): Promise<number>;
  /** This process does not use it any more. */
  dispose(): void;
}

/** The operations of an event as they are sent. */
export const EVENT: Table<EventOperations> = {
  set: { pack: plain },
  clear: { pack: plain },
  isSet: { pack: plain },
};

/** The operations of a barrier as they are sent. */
export const BARRIER: Table<BarrierOperations> = {
  abort: { pack: plain },
  reset: { pack: plain },
  parties: { pack: plain },
  waiting: { pack: plain },
  broken: { pack: plain },
};

class EventOfManager extends Hosted {
  get [Symbol.toStringTag](): string {
    return "EventProxy";
  }

  wait(wait?: WaitOptions): Promise<unknown> {
    return ask(this, "wait", () => patience(wait));
  }
}

class BarrierOfManager extends Hosted {
  get [Symbol.toStringTag](): string {
    return "BarrierProxy";
  }

  wait(wait?: WaitOptions): Promise<unknown> {
    return ask(this, "wait", () => patience(wait));
  }
}

operate(EventOfManager.prototype, EVENT);
operate(BarrierOfManager.prototype, BARRIER);
setProxyOf(TYPE.event, () => new EventOfManager());
setProxyOf(TYPE.barrier, () => new BarrierOfManager());
