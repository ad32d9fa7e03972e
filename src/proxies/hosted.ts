/**
 * References to what a manager hosts: a small shared object for each that was given out, which travels as any
 * other. When nobody holds it and no message carries it, its ender tells the manager, whoever was the last and however
 * that one ended.
 *
 * | word | meaning |
 * | --- | --- |
 * | requests | the manager, which this one carries like a message that never arrives; 0 when it has ended |
 * | reference | what the manager knows it by |
 * | type | what it is: which class of proxy it gets |
 */
import { registerCrossing } from "../codec/crossing.ts";
import { loadCargo } from "../codec/handle.ts";
import { ClosedError } from "../errors.ts";
import { struct } from "../memory/struct.ts";
import type { WordIndex } from "../memory/words.ts";
import { type Member, member, whenMember } from "../parking/member.ts";
import { Foreign, PASSING_THROUGH } from "./foreign.ts";
import { KIND } from "./kinds.ts";
import type { Link, Reference } from "./messages.ts";
import { type RequestQueue, requestsAt, tellServer } from "./requests.ts";
import { linkTo } from "./tree_link.ts";

const WORDS = struct({ requests: 1, reference: 1, type: 1 });

/** How a proxy reaches what it stands for. */
interface State {
  readonly link: Link;
  readonly reference: Reference;
  /** The shared object; 0 if it is reached by a socket. */
  readonly at: WordIndex;
  /** What is done when it is disposed of. */
  drop(): void;
  isDisposed: boolean;
}

const states: WeakMap<object, State> = new WeakMap();

/** What stands for something that a manager hosts. */
export abstract class Hosted implements Disposable {
  /** What it is called in messages. */
  abstract readonly [Symbol.toStringTag]: string;

  /**
   * This process does not use it any more: later use throws. When nobody uses it, the manager forgets it. Not
   * necessary: the garbage collector does so, too.
   */
  dispose(): void {
    const state = states.get(this);
    if (state === undefined || state.isDisposed) return;
    state.isDisposed = true;
    state.drop();
  }

  /** The same as {@linkcode Hosted.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** What was given to the other end of a connection, as it is written into a message. */
export class Given extends Hosted {
  /** What the other end will know it by. */
  readonly reference: Reference;
  /** The number of its type. */
  readonly type: number;

  /**
   * @param reference What the other end will know it by.
   * @param type The number of its type.
   */
  constructor(reference: Reference, type: number) {
    super();
    this.reference = reference;
    this.type = type;
  }

  /** What it is called in messages. */
  get [Symbol.toStringTag](): string {
    return "Given";
  }
}

/** What stands for a proxy in a value that only passes through this process. */
class Passing extends Hosted {
  readonly reference: Reference;
  readonly requests: WordIndex;

  constructor(at: WordIndex) {
    super();
    const { words } = member().heap;
    this.reference = words.load(at + WORDS.reference);
    this.requests = words.load(at + WORDS.requests);
  }

  get [Symbol.toStringTag](): string {
    return "Passing";
  }
}

/** Makes the proxy of a type; what comes back is what stands for it, which may be a wrapper. */
export type ProxyMaker = () => Hosted;

const makers: ProxyMaker[] = [];

/** Says which proxy a type gets; types are numbered as they are told, the same in every process. */
export function setProxyOf(type: number, maker: ProxyMaker): void {
  makers[type] = maker;
}

/** The way to what a proxy stands for. */
export function reach(
  proxy: object,
  act: string,
): { readonly link: Link; readonly reference: Reference } {
  return stateOf(proxy, `call ${act}`);
}

/** What a proxy's manager knows it by, if it is one of a manager of this tree. */
export function referenceOf(proxy: object): { reference: Reference; requests: WordIndex } {
  if (proxy instanceof Passing) return proxy;
  const { reference, at } = stateOf(proxy, "send a proxy");
  // Of a manager that is reached by a socket there is nothing in shared memory.
  const requests = at === 0 ? 0 : member().heap.words.load(at + WORDS.requests);
  return { reference, requests };
}

/** What the manager at the other end of a way knows a proxy by; `undefined` if it is a proxy of another way. */
export function referenceBy(link: Link, proxy: object): Reference | undefined {
  const state = stateOf(proxy, "send a proxy");
  return state.link === link ? state.reference : undefined;
}

/** Whether something is a proxy. */
export function isHosted(value: unknown): value is object {
  return typeof value === "object" && value !== null && states.has(value);
}

function stateOf(proxy: object, act: string): State {
  const state = states.get(proxy);
  if (state === undefined) throw new TypeError(`Cannot ${act}: this is no proxy`);
  if (!state.isDisposed) return state;
  throw new ClosedError(`Cannot ${act}: this process has disposed of it`);
}

/** Gives a new reference out, held by this process; the manager must be told, or be this process. */
export function giveOut(requests: RequestQueue, reference: Reference, type: number): object {
  const { heap: { words }, holdings, handles } = member();
  const at = holdings.create(KIND.hosted, WORDS.size);
  words.store(at + WORDS.reference, reference);
  words.store(at + WORDS.type, type);
  holdings.takeOff(requests.object);
  words.store(at + WORDS.requests, requests.object);
  return handles.get(at, () => proxyAt(at));
}

/** The proxy of something that is reached by another way than shared memory. */
export function proxyBy(
  link: Link,
  reference: Reference,
  type: number,
  drop: () => void,
): object {
  const proxy = makers[type]();
  states.set(proxy, { link, reference, at: 0, drop, isDisposed: false });
  return proxy;
}

function proxyAt(at: WordIndex): object {
  const self = member();
  const { words } = self.heap;
  const requests = requestsAt(words.load(at + WORDS.requests));
  const proxy = makers[words.load(at + WORDS.type)]();
  states.set(proxy, {
    link: linkTo(requests),
    reference: words.load(at + WORDS.reference),
    at,
    drop: () => self.handles.drop(at, proxy),
    isDisposed: false,
  });
  return proxy;
}

/** Killed between the two, the manager's queue stays until the tree ends. */
function endReference(self: Member, at: WordIndex): void {
  const { words } = self.heap;
  const requests = words.load(at + WORDS.requests);
  if (requests === 0) return;
  // Told twice if this process dies now, which the manager does not mind: a reference is never given out again.
  tellServer(self, requests, [self.owner, 0, 0, "drop", [words.load(at + WORDS.reference)]]);
  if (words.exchange(at + WORDS.requests, 0) !== 0) self.holdings.land(requests);
}

registerCrossing<object>({
  tag: KIND.hosted,
  name: "proxy",
  prototype: Hosted.prototype,
  write(proxy, out) {
    if (out.context instanceof Foreign) {
      const [reference, type] = out.context.referTo(proxy);
      out.writeUint(reference);
      return out.writeUint(type);
    }
    const { at } = stateOf(proxy, "send a proxy");
    if (at === 0) out.refuse("a proxy of a connection", "only its own manager understands it");
    loadCargo(out.context, at);
    out.writeUint(at);
  },
  read(input) {
    const at = input.readUint();
    if (input.context instanceof Foreign) return input.context.proxyOf(at, input.readUint());
    if (input.context === PASSING_THROUGH) return new Passing(at);
    return member().handles.get(at, () => proxyAt(at));
  },
});
whenMember((self) => self.holdings.setEnder(KIND.hosted, (at) => endReference(self, at)));
