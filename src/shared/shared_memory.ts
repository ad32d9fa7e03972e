/** Shared memory with a name. */
import { checkOptions, shown } from "../parking/checks.ts";
import { crossAs, registerCrossing } from "../codec/crossing.ts";
import { AlreadyExistsError, ClosedError, NotFoundError } from "../errors.ts";
import { currentRuntime } from "../runtime/current.ts";
import { NAMED_BUFFER, NAMED_MEMORY } from "./kinds.ts";
import { Lease, mapBuffer, unmapBuffer } from "./mapping.ts";
import { checkName, uniqueName } from "./segment_name.ts";
import { isRoot } from "./segment_record.ts";
import {
  createSegment,
  openSegment,
  sweepSegments,
  unlinkSegment,
  unlinkUnused,
  type UsedSegment,
} from "./segments.ts";
import { inspectable } from "../runtime/inspection.ts";

const CREATE = "create shared memory";
const OPEN = "open shared memory";

/** What named memory is made of. */
export interface SharedMemoryOptions {
  /** How many bytes; at least 1. */
  readonly size: number;
  /** Its name; by default one that nobody has. */
  readonly name?: string;
  /**
   * Whether it must be new: by default the name must not be taken. If `false`, memory of the name and of at
   * least this size is opened instead, so that whoever comes first makes it.
   */
  readonly exclusive?: boolean;
  /** Whether it stays, when this program and all who use it have ended, until it is unlinked. */
  readonly persistent?: boolean;
}

/**
 * Memory that unrelated processes find by name, also those of other runtimes and languages.
 *
 * - It is zeros when it is made, all of it reserved: writing to it cannot fail.
 * - Only processes of the same user can open it.
 * - Its name goes when somebody unlinks it; at the latest, unless it is persistent, when the program that
 *   made it has ended, be it by a kill, and nobody has it open: then the next that makes or opens named
 *   memory sweeps it. Who has it open keeps it.
 * - Nobody sees a part of it, or one of another size: it gets its name when it is whole.
 *
 * Sent to another process of this tree, it or a view of its buffer is opened there, by its name: it must
 * still have it. On Linux it is the file of its name in /dev/shm, its bytes from the start.
 *
 * Reads and writes of the buffer are plain: see {@linkcode sharedArray}.
 *
 * Modelled on Python's `multiprocessing.shared_memory`.
 *
 * @example Two programs
 * ```ts
 * import { SharedMemory } from "@x/mp";
 *
 * // One makes it …
 * using memory = SharedMemory.create({ name: `hits-${crypto.randomUUID()}`, size: 4096 });
 * // … another, not related to it, opens it.
 * using same = SharedMemory.open(memory.name);
 * const hits = new Int32Array(same.buffer);
 * Atomics.add(hits, 0, 1);
 * console.log(new Int32Array(memory.buffer)[0]); // 1
 * memory.unlink();
 * ```
 */
export class SharedMemory implements Disposable {
  /** Its name. */
  readonly name: string;
  /** How many bytes it has. */
  readonly size: number;
  readonly #id: string;
  readonly #lease: Lease;
  readonly #buffer: ArrayBuffer;

  private constructor(name: string, { segment, record: { byteLength, id } }: UsedSegment) {
    this.name = name;
    this.size = byteLength;
    this.#id = id;
    this.#lease = new Lease(segment);
    try {
      this.#buffer = mapBuffer(this.#lease, 0, byteLength);
    } catch (error) {
      this.#lease.end();
      throw error;
    }
    crossAs(this.#buffer, NAMED_BUFFER);
    memories.set(this.#buffer, this);
    if (id !== "") opened.set(id, new WeakRef(this));
  }

  /**
   * Makes memory.
   *
   * @throws {RangeError} if `size` is not an integer from 1, or the name none that all systems take; if
   * `exclusive` is false, and the memory that is there is smaller.
   * @throws {AlreadyExistsError} if the name is taken.
   * @throws {OutOfMemoryError} if there is no room for it.
   */
  static create(options: SharedMemoryOptions): SharedMemory {
    checkOptions(CREATE, options);
    const { size, exclusive = true, persistent = false } = options;
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(`Cannot ${CREATE}: size must be an integer from 1, got ${shown(size)}`);
    }
    const name = options.name === undefined ? uniqueName() : checkName(CREATE, options.name);
    sweepOnce();
    for (;;) {
      const existing = openSegment(name);
      if (existing !== undefined) return adopt(new SharedMemory(name, existing), size, exclusive);
      const created = createSegment(name, size, persistent);
      // Another may have come first.
      if (created === undefined) continue;
      const memory = new SharedMemory(name, created);
      if (!persistent) unlinkAtExit(name, memory.#id, memory.#lease);
      return memory;
    }
  }

  /**
   * Opens memory that another process has made.
   *
   * @throws {NotFoundError} if there is none of this name.
   */
  static open(name: string): SharedMemory {
    const found = openSegment(checkName(OPEN, name));
    if (found !== undefined) return new SharedMemory(name, found);
    throw new NotFoundError(`Cannot ${OPEN}: there is no "${name}"`);
  }

  /**
   * The bytes.
   *
   * @throws {ClosedError} after {@linkcode SharedMemory.close}.
   */
  get buffer(): ArrayBuffer {
    if (!this.#buffer.detached) return this.#buffer;
    throw new ClosedError(`Cannot use shared memory "${this.name}": it was closed in this process`);
  }

  /** This process lets go of the memory, whose views here are empty from now on. Its name stays. */
  close(): void {
    opened.delete(this.#id);
    unmapBuffer(this.#buffer);
  }

  /** Takes the name away: who has the memory open keeps it, nobody else finds it. Can be repeated. */
  unlink(): void {
    made.delete(this.#id);
    unlinkSegment(this.name, this.#id);
  }

  /** The same as {@linkcode SharedMemory.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  static {
    registerCrossing<SharedMemory>({
      tag: NAMED_MEMORY,
      name: "SharedMemory",
      prototype: SharedMemory.prototype,
      write(memory, out) {
        out.writeString(memory.name);
        out.writeString(memory.#id);
      },
      read(input) {
        const name = input.readString();
        const id = input.readString();
        const here = opened.get(id)?.deref();
        if (here !== undefined && !here.#buffer.detached) return here;
        const memory = SharedMemory.open(name);
        if (memory.#id === id) return memory;
        memory.close();
        throw new NotFoundError(`Cannot ${OPEN}: "${name}" is another by now`);
      },
    });
  }
}

/** The memory of a buffer: what is alive as long as a view of it. */
const memories = new WeakMap<ArrayBuffer, SharedMemory>();

/** What is open in this process. */
const opened = new Map<string, WeakRef<SharedMemory>>();

registerCrossing<ArrayBuffer>({
  tag: NAMED_BUFFER,
  name: "the buffer of a SharedMemory",
  write(buffer, out) {
    if (buffer.detached) out.refuse("shared memory that was closed here");
    out.writeValue(memories.get(buffer));
  },
  read: (input) => (input.readValue() as SharedMemory).buffer,
});

/** Memory that is there instead of that which was to be made. */
function adopt(memory: SharedMemory, size: number, exclusive: boolean): SharedMemory {
  if (!exclusive && memory.size >= size) return memory;
  memory.close();
  if (exclusive) throw new AlreadyExistsError(`Cannot ${CREATE}: there is a "${memory.name}"`);
  throw new RangeError(
    `Cannot ${CREATE}: "${memory.name}" has ${memory.size} bytes, asked for ${size}`,
  );
}

let swept = false;

/** Once a process: what it sweeps later, others will. */
function sweepOnce(): void {
  if (swept) return;
  swept = true;
  sweepSegments();
}

/** What this process made and did not unlink: goes with it, if it is the first of its tree. */
const made = new Map<string, { readonly name: string; readonly lease: Lease }>();
let exiting = false;

function unlinkAtExit(name: string, id: string, lease: Lease): void {
  made.set(id, { name, lease });
  if (exiting) return;
  exiting = true;
  currentRuntime().onExit(() => {
    if (!isRoot()) return;
    for (const [id, { name, lease }] of made) {
      // Left, not closed: others who are called at exit may read it.
      lease.leave();
      unlinkUnused(name, id);
    }
  });
}

inspectable(SharedMemory.prototype, []);
