/**
 * Memory and bells that others open by name: for a process whose descriptors are closed to the others.
 *
 * The kernel shows `/proc/<pid>/fd` of a process only to who may trace it. It does not where a process is
 * not *dumpable*: its program has capabilities of its own (`setcap`), it has changed its user, or it has
 * asked for that; nor where a security policy says so. Then the heap is a file of its owner's alone (mode
 * 0600) below /dev/shm, and a bell is a FIFO beside it.
 *
 * | name | what | goes |
 * | --- | --- | --- |
 * | `x-mp.heap.<space>.<pid>.<start>.<tree>` | the heap of the tree that this process began | when that process exits |
 * | `x-mp.bell.<tree>.<space>.<pid>.<descriptor>` | a bell of this process | when it exits, is recovered, or the first of its tree exits |
 *
 * Whoever uses one of them holds a lock on it, which the kernel lets go of however that process ends: what
 * a crash leaves is known by nobody holding it, and is swept by the next process that makes a heap so.
 */
import { ProcessError } from "../errors.ts";
import type { Runtime } from "../runtime/port.ts";
import type { SmallFiles } from "./files.ts";
import { cString, errnoName, type Libc } from "./libc.ts";
import type { NamedMemory, Segment } from "./port.ts";

const PR_GET_DUMPABLE = 3;
const O_WRONLY = 1;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const FOLDER = "/dev/shm";
const HEAP = "x-mp.heap.";
const BELL = "x-mp.bell.";
/** For its owner alone. */
const MODE = 0o600;

/** What asks for names where this process cannot see that it needs them: a security policy, say. */
const SWITCH = "X_MP_NAMED=1";

/** The two ends of a bell. */
export interface BellEnds {
  readonly readFd: number;
  readonly writeFd: number;
}

/** The ways in for others, where descriptors are not. */
export class NamedDoors {
  readonly #runtime: Runtime;
  readonly #libc: Libc;
  readonly #files: SmallFiles;
  readonly #named: () => NamedMemory;
  /** Segments that have names. */
  readonly #names: Map<Segment, string> = new Map();
  /** Names that this process takes away when it exits. */
  #own: Set<string> | undefined;
  /** Tells the bells of this tree; one whose heap has no name has none of its own. */
  #tree = "0";
  #isFirst = false;

  /**
   * @param runtime Says who this process is, and when it exits.
   * @param libc Makes FIFOs.
   * @param files Reads /proc.
   * @param named Memory with names, made when it is needed.
   */
  constructor(runtime: Runtime, libc: Libc, files: SmallFiles, named: () => NamedMemory) {
    this.#runtime = runtime;
    this.#libc = libc;
    this.#files = files;
    this.#named = named;
  }

  /** Whether others may be unable to open descriptors of this process, or it uses a heap with a name. */
  get areNeeded(): boolean {
    return this.#names.size > 0 || this.#libc.prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) !== 1 ||
      (this.#files.read("/proc/self/environ") ?? "").split("\0").includes(SWITCH);
  }

  /** The name of a segment, if others open it by that. */
  nameOf(segment: Segment): string | undefined {
    return this.#names.get(segment);
  }

  /** Makes a segment of no bytes with a name. */
  createSegment(startTime: number): Segment {
    const named = this.#named();
    this.sweep();
    const segment = named.draft();
    this.#tree = crypto.randomUUID().slice(0, 8);
    this.#isFirst = true;
    const name = `${HEAP}${this.#space()}.${this.#runtime.pid}.${startTime}.${this.#tree}`;
    named.use(segment);
    if (!named.publish(segment, name)) throw failure(this.#libc, name);
    this.#keep(name);
    this.#names.set(segment, name);
    return segment;
  }

  /** Opens a segment by its name. */
  openSegment(name: string): Segment {
    const segment = this.#named().open(name);
    if (segment === undefined) {
      throw new ProcessError(`Cannot open shared memory "${name}": it is gone`);
    }
    this.#named().use(segment);
    this.#names.set(segment, name);
    this.#tree = name.slice(name.lastIndexOf(".") + 1);
    return segment;
  }

  /** A segment was closed. */
  forgetSegment(segment: Segment): void {
    this.#names.delete(segment);
  }

  /** Makes a bell with a name. */
  openBell(): BellEnds {
    const libc = this.#libc;
    const draft = this.#bellName(this.#runtime.pid, crypto.randomUUID());
    const path = cString(`${FOLDER}/${draft}`);
    if (libc.mkfifo(path, MODE) !== 0) throw failure(libc, draft);
    try {
      const readFd = libc.open(path, O_NONBLOCK | O_CLOEXEC);
      if (readFd < 0) throw failure(libc, draft);
      // This end is never closed: a FIFO without writers would end.
      const writeFd = libc.open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
      if (writeFd < 0) throw failure(libc, draft);
      this.#named().use(readFd);
      const name = this.#bellName(this.#runtime.pid, writeFd);
      // What an earlier process of this id has left there goes.
      if (libc.rename(path, cString(`${FOLDER}/${name}`)) !== 0) throw failure(libc, name);
      this.#keep(name);
      return { readFd, writeFd };
    } catch (error) {
      this.#named().unlink(draft);
      throw error;
    }
  }

  /** Opens the bell of another process for writing; negative if it has none of that name. */
  openRinger(pid: number, writeFd: number): number {
    const path = cString(`${FOLDER}/${this.#bellName(pid, writeFd)}`);
    return this.#libc.open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  }

  /** Takes away the name of the bell of a process that is gone, if it had one. */
  buryBell(pid: number, writeFd: number): void {
    if (this.#names.size > 0) this.#named().unlink(this.#bellName(pid, writeFd));
  }

  /** Takes away the names that nobody uses. */
  sweep(): void {
    const named = this.#named();
    for (const name of [...named.names(), ...named.pipes()]) {
      if (!name.startsWith(HEAP) && !name.startsWith(BELL)) continue;
      try {
        const left = named.open(name);
        if (left === undefined) continue;
        if (named.lockAlone(left) && named.isNamed(left, name)) named.unlink(name);
        this.#libc.close(left);
      } catch {
        // It is another user's.
      }
    }
  }

  #keep(name: string): void {
    if (this.#own === undefined) {
      const own = this.#own = new Set();
      this.#runtime.onExit(() => {
        const named = this.#named();
        for (const name of own) named.unlink(name);
        // All others of the tree are dead, or about to be.
        if (!this.#isFirst) return;
        for (const name of named.pipes()) {
          if (name.startsWith(`${BELL}${this.#tree}.`)) named.unlink(name);
        }
      });
    }
    this.#own.add(name);
  }

  #bellName(pid: number, end: number | string): string {
    return `${BELL}${this.#tree}.${this.#space()}.${pid}.${end}`;
  }

  /** Process ids are those of a space, and /dev/shm may be seen from several. */
  #space(): string {
    return /\d+/.exec(this.#named().processSpace())?.[0] ?? "0";
  }
}

/** What a process is told whose parent's descriptors are closed to it, without a name to go by. */
export const CLOSED: string =
  `descriptors of that process are closed to this one; start the program with ${SWITCH} in its environment`;

function failure(libc: Libc, name: string): ProcessError {
  return new ProcessError(
    `Cannot share memory as "${FOLDER}/${name}" (${errnoName(libc.errno())})`,
  );
}
