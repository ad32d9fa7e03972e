/** What a manager hosts, and what it does when it is asked. */
import { NotFoundError, ProcessError } from "../errors.ts";
import type { FunctionReference } from "../functions/reference.ts";
import type { Reference } from "../proxies/messages.ts";
import type { Sealed } from "../proxies/sealed.ts";
import { TYPE } from "../proxies/types.ts";
import { Classes } from "./classes.ts";
import { hostedFor } from "./hosted/shared.ts";
import { HostedIterator, isIterator } from "./hosted/iterator.ts";
import { freeReleased } from "./hosted/storage.ts";
import { type Asker, HOSTED } from "./hosted/table.ts";

/** Something that is hosted. */
export class Entry {
  /** What it is. */
  readonly target: object;
  /** The number of its type. */
  readonly type: number;
  /** What can be called. */
  readonly exposed: ReadonlySet<string>;
  /** How many references to it are out. */
  references = 0;

  /**
   * @param target What it is.
   * @param type The number of its type.
   * @param exposed What can be called.
   */
  constructor(target: object, type: number, exposed: ReadonlySet<string>) {
    this.target = target;
    this.type = type;
    this.exposed = exposed;
  }
}

type Method = (...args: readonly unknown[]) => unknown;
type Steps = readonly (readonly [act: string, args: readonly unknown[]])[];

/** Hosts. It knows nothing of how it is reached. */
export class Host {
  readonly #entries: Map<Reference, Entry> = new Map();
  readonly #byTarget: WeakMap<object, Entry> = new WeakMap();
  readonly #published: Map<string, unknown> = new Map();
  readonly #classes: Classes = new Classes();
  readonly #nextReference: () => Reference;
  readonly #endings: Set<Promise<void>> = new Set();
  #needsTurns = false;

  /** @param nextReference Gives a reference that nothing else has. */
  constructor(nextReference: () => Reference) {
    this.#nextReference = nextReference;
  }

  /** Whether something was hosted that runs code of a user's, or has children, and so needs the event loop. */
  get needsTurns(): boolean {
    return this.#needsTurns;
  }

  /** How many things there are. */
  get count(): number {
    return new Set(this.#entries.values()).size;
  }

  /** Makes something that its maker has a reference of already. */
  make(reference: Reference, args: readonly unknown[]): void {
    this.#refer(this.made(args), reference);
  }

  /** Registers a class. */
  register(name: string, reference: FunctionReference, exposed?: readonly string[]): void {
    this.#needsTurns = true;
    this.#classes.register(name, reference, exposed);
  }

  /**
   * Makes an instance of a registered class.
   *
   * @throws What its constructor throws.
   */
  async create(name: string, args: Sealed): Promise<Entry> {
    const opened = args.open() as unknown[];
    const { make, exposed } = await this.#classes.find(name);
    return this.#hosting(Reflect.construct(make, opened) as object, exposed);
  }

  /**
   * Calls what can be called of something that is hosted.
   *
   * @returns A value, something stored, an {@linkcode Entry} to be referred to, or a promise of one.
   */
  call(target: Reference, act: string, args: readonly unknown[], asker: Asker): unknown {
    const entry = this.entry(target);
    if (entry.type === TYPE.object) return this.#callObject(entry, act, args[0] as Sealed);
    // What needs to know who asks may wait, and a batch is one step.
    if (HOSTED.get(entry.type)!.needsAsker) return invoke(entry, act, [asker, ...args]);
    if (act === "batch") return (args[0] as Steps).map((step) => invoke(entry, ...step));
    return invoke(entry, act, args);
  }

  /**
   * What is hosted by a reference.
   *
   * @throws {ProcessError} if nothing is.
   */
  entry(reference: Reference): Entry {
    const entry = this.#entries.get(reference);
    if (entry !== undefined) return entry;
    throw new ProcessError(`Cannot use reference ${reference}: the manager hosts nothing by it`);
  }

  /** Makes something for somebody who has no reference of it yet. */
  made([type, ...args]: readonly unknown[]): Entry {
    const row = HOSTED.get(type as number);
    if (row === undefined || type === TYPE.iterator) {
      throw new TypeError(`Cannot make type ${String(type)}: there is no such type`);
    }
    this.#needsTurns ||= type === TYPE.pool;
    return new Entry(new row.make(...args as never[]), row.type, row.exposed);
  }

  /** Makes something known by a name. */
  publish(name: string, thing: unknown): void {
    this.#published.set(name, thing);
  }

  /**
   * What was made known by a name.
   *
   * @throws {NotFoundError} if nothing was.
   */
  find(name: string): unknown {
    if (this.#published.has(name)) return this.#published.get(name);
    throw new NotFoundError(`Cannot find "${name}": nothing was published by this name`);
  }

  /**
   * A thing that was published, as an unrelated process gets it: hosted, if it lies in the memory of this tree.
   *
   * @throws {TypeError} if it means nothing outside of this tree.
   */
  shown(thing: unknown): unknown {
    if (typeof thing !== "object" || thing === null) return thing;
    const known = this.#byTarget.get(thing);
    if (known !== undefined) return known;
    const hosted = hostedFor(thing);
    if (hosted === undefined) return thing;
    const { type, exposed } = HOSTED.get(hosted.type)!;
    const entry = new Entry(hosted.target, type, exposed);
    this.#byTarget.set(thing, entry);
    return entry;
  }

  /** A new reference to something that is hosted. */
  refer(entry: Entry): Reference {
    return this.#refer(entry, this.#nextReference());
  }

  /** Something was made for somebody who has ended before it could be referred to. */
  discard(entry: Entry): void {
    if (entry.references === 0) this.#forget(entry);
  }

  /** A reference is not used any more; nothing happens the second time. */
  drop(reference: Reference): void {
    const entry = this.#entries.get(reference);
    if (!this.#entries.delete(reference) || --entry!.references > 0) return;
    this.#forget(entry!);
    freeReleased();
  }

  /** Forgets everything; resolves when all that takes its time has ended. */
  async end(): Promise<void> {
    for (const reference of [...this.#entries.keys()]) this.drop(reference);
    await Promise.all(this.#endings);
  }

  #refer(entry: Entry, reference: Reference): Reference {
    entry.references++;
    this.#entries.set(reference, entry);
    return reference;
  }

  #callObject(entry: Entry, act: string, args: Sealed): unknown {
    const result = invoke(entry, act, args.open() as unknown[]);
    return result instanceof Promise
      ? result.then((value) => this.#hosted(value))
      : this.#hosted(result);
  }

  /** Results that stay here: instances of registered classes, and iterators. */
  #hosted(result: unknown): unknown {
    if (typeof result !== "object" || result === null) return result;
    const known = this.#byTarget.get(result);
    if (known !== undefined) return known;
    const registered = this.#classes.of(result);
    if (registered !== undefined) return this.#hosting(result, registered.exposed);
    if (!isIterator(result)) return result;
    return new Entry(
      new HostedIterator(result),
      TYPE.iterator,
      HOSTED.get(TYPE.iterator)!.exposed,
    );
  }

  #hosting(target: object, exposed: ReadonlySet<string>): Entry {
    const entry = new Entry(target, TYPE.object, exposed);
    this.#byTarget.set(target, entry);
    return entry;
  }

  #endLater(ending: PromiseLike<void>): void {
    const reported: Promise<void> = Promise.resolve(ending).catch(report).finally(() =>
      this.#endings.delete(reported)
    );
    this.#endings.add(reported);
  }

  /** Nobody can ask for it any more. */
  #forget({ target, type }: Entry): void {
    if (type !== TYPE.object) {
      const ending = (target as { end(): Promise<void> | void }).end();
      if (ending instanceof Promise) this.#endLater(ending);
      return;
    }
    this.#byTarget.delete(target);
    const { [Symbol.dispose]: dispose, [Symbol.asyncDispose]: later } = target as Partial<
      Disposable & AsyncDisposable
    >;
    try {
      if (typeof later === "function") this.#endLater(Promise.resolve(later.call(target)));
      else if (typeof dispose === "function") dispose.call(target);
    } catch (error) {
      report(error);
    }
  }
}

function invoke(entry: Entry, act: string, args: readonly unknown[]): unknown {
  if (!entry.exposed.has(act)) {
    throw new TypeError(`Cannot call ${act}: it is not exposed`);
  }
  return (entry.target as Record<string, Method>)[act](...args);
}

/** Nobody waits for it. */
function report(error: unknown): void {
  console.error("Manager:", error);
}
