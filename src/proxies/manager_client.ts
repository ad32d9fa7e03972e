/** A manager as any process of its tree uses it. */
import { checkArgs, checkOptions, checkText, shown } from "../parking/checks.ts";
import { registerCrossing } from "../codec/crossing.ts";
import { JoinableQueue } from "../channel/joinable_queue.ts";
import { Queue } from "../channel/queue.ts";
import { describeClass } from "../functions/describe.ts";
import type { FunctionReference } from "../functions/reference.ts";
import { type ArraySource, sharedArray } from "../shared/shared_array.ts";
import type { TypedArrays, TypeName } from "../shared/types.ts";
import { Barrier, type BarrierOptions } from "../sync/barrier.ts";
import { Condition } from "../sync/condition.ts";
import { Event } from "../sync/event.ts";
import { Lock } from "../sync/lock.ts";
import { RLock } from "../sync/rlock.ts";
import { BoundedSemaphore, Semaphore } from "../sync/semaphore.ts";
import type { DictProxy } from "./dict_proxy.ts";
import "./dict_proxy.ts";
import { giveOut } from "./hosted.ts";
import { KIND } from "./kinds.ts";
import type { ListProxy } from "./list_proxy.ts";
import "./list_proxy.ts";
import type { NamespaceProxy } from "./namespace_proxy.ts";
import "./namespace_proxy.ts";
import type { ObjectProxy } from "./object_proxy.ts";
import "./object_proxy.ts";
import { packedEntries, packedItems, packedProperties } from "./packing.ts";
import type { PoolProxy } from "./pool_proxy.ts";
import "./pool_proxy.ts";
import type { RequestQueue } from "./requests.ts";
import { seal, Sealing } from "./sealed.ts";
import type { SetProxy } from "./set_proxy.ts";
import "./set_proxy.ts";
import { linkTo } from "./tree_link.ts";
import { TYPE } from "./types.ts";
import type { ValueProxy } from "./value_proxy.ts";
import "./value_proxy.ts";
import { inspectable } from "../runtime/inspection.ts";

/** Which methods of a registered class can be called. */
export interface RegisterOptions {
  /** Their names; by default all that do not begin with `_`. */
  readonly exposed?: readonly string[];
}

/** A class that can be registered. */
export type Registrable<A extends readonly unknown[] = never[], T extends object = object> = new (
  ...args: A
) => T;

let requestsOfManager: (manager: ManagerClient) => RequestQueue;

/**
 * A manager as a process uses it that has not started it: what {@linkcode Manager} is when it was sent to another
 * process. It makes things for whoever shall share them.
 *
 * @example
 * ```ts
 * import { Manager, type ManagerClient, Process } from "@x/mp";
 *
 * export async function fill(manager: ManagerClient): Promise<void> {
 *   await manager.publish("numbers", manager.list([1, 2, 3]));
 * }
 *
 * if (import.meta.main) {
 *   using manager = new Manager();
 *   await new Process(fill, { args: [manager] }).start().join();
 * }
 * ```
 */
export class ManagerClient {
  readonly #requests: RequestQueue;

  static {
    requestsOfManager = (manager) => manager.#requests;
  }

  /** @ignore */
  constructor(requests: RequestQueue) {
    this.#requests = requests;
  }

  /** The process id of the manager's own process. */
  get pid(): number {
    return this.#requests.pid;
  }

  /** Whether it was closed. */
  get isClosed(): boolean {
    return this.#requests.isClosed;
  }

  /**
   * Makes a dict. It lives in the manager's process as long as somebody has a proxy of it.
   *
   * @param entries What is in it at first.
   */
  dict<K = unknown, V = unknown>(entries: Iterable<readonly [K, V]> = []): DictProxy<K, V> {
    const packed = packedEntries("make a dict", entries);
    return this.#make(TYPE.dict, [packed]) as unknown as DictProxy<K, V>;
  }

  /**
   * Makes a list.
   *
   * @param items What is in it at first.
   */
  list<T = unknown>(items: Iterable<T> = []): ListProxy<T> {
    const packed = packedItems("make a list", items);
    return this.#make(TYPE.list, [packed]) as unknown as ListProxy<T>;
  }

  /**
   * Makes a set.
   *
   * @param items What is in it at first.
   */
  set<T = unknown>(items: Iterable<T> = []): SetProxy<T> {
    const packed = packedItems("make a set", items);
    return this.#make(TYPE.set, [packed]) as unknown as SetProxy<T>;
  }

  /**
   * Makes a namespace: an object with properties.
   *
   * @param initial Its properties at first.
   */
  namespace<T extends object = Record<string, unknown>>(
    initial: Partial<T> = {},
  ): NamespaceProxy<T> {
    const packed = packedProperties("make a namespace", initial);
    return this.#make(TYPE.namespace, [packed]) as unknown as NamespaceProxy<T>;
  }

  /**
   * Makes a value of any type.
   *
   * @param initial What it is at first.
   */
  value<T>(initial: T): ValueProxy<T> {
    return this.#make(TYPE.value, [seal(initial)]) as unknown as ValueProxy<T>;
  }

  /**
   * Makes a shared array. It does not need the manager: see {@linkcode sharedArray}.
   *
   * @param type The type of its elements.
   * @param source How many elements it has, or which.
   */
  array<T extends TypeName>(type: T, source: ArraySource): TypedArrays[T] & Disposable {
    return sharedArray(type, source);
  }

  /** Makes a queue. It does not need the manager: see {@linkcode Queue}. */
  queue<T = unknown>(maxSize = 0): Queue<T> {
    return new Queue<T>(maxSize);
  }

  /** Makes a queue whose items are said to be done. It does not need the manager: see {@linkcode JoinableQueue}. */
  joinableQueue<T = unknown>(maxSize = 0): JoinableQueue<T> {
    return new JoinableQueue<T>(maxSize);
  }

  /** Makes a lock. It does not need the manager, and outlives it: see {@linkcode Lock}. */
  lock(): Lock {
    return new Lock();
  }

  /** Makes a lock that its holder can acquire again. It does not need the manager: see {@linkcode RLock}. */
  rlock(): RLock {
    return new RLock();
  }

  /** Makes a semaphore. It does not need the manager: see {@linkcode Semaphore}. */
  semaphore(value = 1): Semaphore {
    return new Semaphore(value);
  }

  /** Makes a semaphore that is not released too often. It does not need the manager: see {@linkcode BoundedSemaphore}. */
  boundedSemaphore(value = 1): BoundedSemaphore {
    return new BoundedSemaphore(value);
  }

  /** Makes a barrier. It does not need the manager: see {@linkcode Barrier}. */
  barrier(parties: number, options?: BarrierOptions): Barrier {
    return new Barrier(parties, options);
  }

  /** Makes a condition. It does not need the manager: see {@linkcode Condition}. */
  condition(lock?: Lock | RLock): Condition {
    return new Condition(lock);
  }

  /** Makes an event. It does not need the manager: see {@linkcode Event}. */
  event(): Event {
    return new Event();
  }

  /**
   * Makes a class of the user's known: the manager's process imports its module, and can make instances.
   *
   * @param name What {@linkcode ManagerClient.create} calls it.
   * @param registered The class: exported, or in need of nothing but its arguments.
   * @param options Which of its methods can be called.
   * @throws {TypeError} if it is no class, its name no string, or `exposed` no array.
   */
  register(name: string, registered: Registrable, options: RegisterOptions = {}): void {
    const act = "register a class";
    checkText(act, "name", name);
    checkOptions(act, options);
    const exposed = options.exposed && [...checkArgs(act, "exposed", options.exposed)];
    const reference = this.describe(registered);
    this.#requests.putSync([0, 0, 0, "register", [name, reference, exposed]]);
  }

  /**
   * Makes an instance of a registered class in the manager's process. It lives as long as somebody has a proxy of it.
   *
   * @param name What it was registered as, by whichever process.
   * @param args The arguments of its constructor; they are copied.
   * @throws What its constructor throws.
   * @throws {TypeError} if nothing was registered by this name.
   * @throws {SerializationError} if the manager's process does not find the class.
   */
  async create<T extends object = Record<string, (...args: unknown[]) => unknown>>(
    name: string,
    ...args: unknown[]
  ): Promise<ObjectProxy<T>> {
    checkText("create an instance", "name", name);
    const link = linkTo(this.#requests);
    return await link.call(0, "create", [name, new Sealing(args, "args")]) as ObjectProxy<T>;
  }

  /**
   * Makes a pool whose workers are children of the manager's process, for all who have the proxy.
   *
   * @param workers How many; by default one for each processor.
   */
  pool(workers?: number): PoolProxy {
    if (workers !== undefined && (!Number.isInteger(workers) || workers < 1)) {
      throw new RangeError(
        `Cannot make a pool: workers must be an integer from 1 on, got ${shown(workers)}`,
      );
    }
    return this.#make(TYPE.pool, [workers]) as unknown as PoolProxy;
  }

  /**
   * Makes a thing known by a name, under which any process finds it that has this manager, or connects to it.
   *
   * It stays until something else gets the name, or the manager ends. Processes of other trees get proxies of it: of a
   * lock, a semaphore, a condition over a `Lock`, an event, a barrier, a queue or a shared array, too.
   *
   * @param name The name.
   * @param thing A proxy, something shared, or a value, which is copied.
   */
  async publish(name: string, thing: unknown): Promise<void> {
    checkText("publish", "name", name);
    await linkTo(this.#requests).call(0, "publish", [name, thing]);
  }

  /**
   * What was made known by a name.
   *
   * @throws {NotFoundError} if nothing was.
   */
  async find<T = unknown>(name: string): Promise<T> {
    checkText("find", "name", name);
    return await linkTo(this.#requests).call(0, "find", [name]) as T;
  }

  /** How many things the manager hosts. */
  async count(): Promise<number> {
    return await linkTo(this.#requests).call(0, "count", []) as number;
  }

  /** @ignore */
  protected describe(registered: Registrable): FunctionReference {
    return describeClass(registered);
  }

  #make(type: number, args: readonly unknown[]): object {
    const reference = this.#requests.nextReference();
    const proxy = giveOut(this.#requests, reference, type);
    try {
      // No answer is waited for: whatever anybody asks of it comes later in the queue.
      this.#requests.putSync([0, 0, reference, "make", [type, ...args]]);
    } catch (error) {
      (proxy as Disposable)[Symbol.dispose]();
      throw this.#requests.isClosed ? this.#requests.endedError("make anything") : error;
    }
    return proxy;
  }
}

registerCrossing<ManagerClient>({
  tag: KIND.manager,
  name: "Manager",
  prototype: ManagerClient.prototype,
  write: (manager, out) => out.writeValue(requestsOfManager(manager)),
  read: (input) => new ManagerClient(input.readValue() as RequestQueue),
});

inspectable(ManagerClient.prototype, ["pid", "isClosed"]);
