/** What a manager hosts, and what it does when it is asked. */
import { ProcessError } from "../errors.ts";
import type { FunctionReference } from "../functions/reference.ts";
import type { Reference } from "../proxies/messages.ts";
import type { Sealed } from "../proxies/sealed.ts";
import { TYPE } from "../proxies/types.ts";
import { Classes } from "./classes.ts";
import { HostedIterator, isIterator } from "./hosted/iterator.ts";
import { HOSTED } from "./hosted/table.ts";

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
  readonly #classes: Classes = new Classes();
  readonly #nextReference: () => Reference;

  /** @param nextReference Gives a reference that nothing else has. */
  constructor(nextReference: () => Reference) {
    this.#nextReference = nextReference;
  }

  /** How many things there are. */
  get count(): number {
    return new Set(this.#entries.values()).size;
  }

  /** Makes something that its maker has a reference of already. */
  make(reference: Reference, [type, ...args]: readonly unknown[]): void {
    const row = HOSTED.get(type as number);
    if (row === undefined) throw new ProcessError(`Cannot make type ${String(type)}: no such type`);
    const target = new row.make(...args as never[]);
    this.#refer(new Entry(target, row.type, row.exposed), reference);
  }

  /** Registers a class. */
  register(name: string, reference: FunctionReference, exposed?: readonly string[]): void {
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
  call(target: Reference, act: string, args: readonly unknown[]): unknown {
    const entry = this.#entries.get(target);
    if (entry === undefined) {
      throw new ProcessError(
        `Cannot call ${act}: the manager hosts nothing by reference ${target}`,
      );
    }
    if (entry.type === TYPE.object) return this.#callObject(entry, act, args[0] as Sealed);
    if (act === "batch") return (args[0] as Steps).map((step) => invoke(entry, ...step));
    return invoke(entry, act, args);
  }

  /** A new reference to something that is hosted. */
  refer(entry: Entry): Reference {
    return this.#refer(entry, this.#nextReference());
  }

  /** A reference is not used any more; nothing happens the second time. */
  drop(reference: Reference): void {
    const entry = this.#entries.get(reference);
    if (!this.#entries.delete(reference) || --entry!.references > 0) return;
    this.#forget(entry!);
  }

  /** Forgets everything. */
  end(): void {
    for (const reference of [...this.#entries.keys()]) this.drop(reference);
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

  /** Nobody can ask for it any more. */
  #forget({ target, type }: Entry): void {
    if (type !== TYPE.object) return (target as { clear(): void }).clear();
    this.#byTarget.delete(target);
    const { [Symbol.dispose]: dispose, [Symbol.asyncDispose]: later } = target as Partial<
      Disposable & AsyncDisposable
    >;
    try {
      if (typeof later === "function") void later.call(target).then(undefined, report);
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
