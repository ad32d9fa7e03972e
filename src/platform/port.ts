/**
 * The platform port: what an operating system must be able to do for us, said once for all runtimes.
 * Linux implements it; it is written so that others can follow.
 */
import type { Address, Ear } from "../runtime/port.ts";

/** Memory that other processes can map: a descriptor of this process. */
export type Segment = number;

/** A range of a segment in this process's address space. */
export interface Mapping {
  /** Where it lies in this process. */
  readonly address: Address;
  /** The bytes; detached by {@linkcode unmap}. */
  readonly buffer: ArrayBuffer;
  /** Detaches the buffer, so that late use reads `undefined`, and gives the address range back. */
  unmap(): void;
}

/** What tells a process from a later one with the same id. */
export interface Identity {
  /** When the process started, in clock ticks since the machine did; NaN if that cannot be told now. */
  readonly startTime: number;
  /** Whether it has ended, and only its parent has not yet asked how. */
  readonly ended: boolean;
}

/** Memory that processes find by name, also those that are not related. */
export interface NamedMemory {
  /** Makes memory of no bytes, for {@linkcode NamedMemory.publish}. */
  draft(): Segment;
  /** Gives a draft its name; false if that is taken. */
  publish(draft: Segment, name: string): boolean;
  /** Opens memory that has a name; `undefined` if there is none. */
  open(name: string): Segment | undefined;
  /**
   * From now on this process uses a segment, until it has closed it and mapped nothing of it, or ends.
   * Waits for who has it alone.
   */
  use(segment: Segment): void;
  /** This process does not use a segment any more. */
  leave(segment: Segment): void;
  /** Has a segment alone until it is used, left or closed; false if any process uses it or has it alone. */
  lockAlone(segment: Segment): boolean;
  /** How many bytes a segment has. */
  byteLength(segment: Segment): number;
  /** Whether a name still leads to this segment. */
  isNamed(segment: Segment, name: string): boolean;
  /** Takes a name away, if it is there. */
  unlink(name: string): void;
  /** All names there are, also of memory that is not ours. */
  names(): string[];
  /** All names there are of pipes. */
  pipes(): string[];
  /** Process ids mean the same in all processes that have the same space. */
  processSpace(): string;
}

/** A pipe that wakes this process's event loop. */
export interface Bell {
  /** The descriptor that others open to ring; see {@linkcode Platform.openRinger}. */
  readonly writeFd: number;
  /** Hears the ring. */
  readonly ear: Ear;
  /** Rings this process itself. */
  ring(): void;
}

/** What an operating system can do. */
export interface Platform {
  /** How many bytes a page has. */
  readonly pageSize: number;

  /**
   * Makes memory of `byteLength` bytes, of which none is reserved yet. It has no name, unless other
   * processes could not open it without.
   */
  createSegment(byteLength: number): Segment;
  /** The name by which other processes open a segment; `undefined` if they open this one's descriptor. */
  segmentName(segment: Segment): string | undefined;
  /** Opens the segment that another process holds open as descriptor `fd`, or by the name that it has. */
  openSegment(pid: number, fd: number, name?: string): Segment;
  /** Maps a range of a segment; its offset is a multiple of 4096, also where pages are larger. */
  map(segment: Segment, offset: number, byteLength: number): Mapping;
  /** Gives the address range of a mapping back whose buffer is detached, or collected. */
  unmap(address: Address, byteLength: number): void;
  /**
   * Reserves the pages of a range, so that writing to them cannot fail.
   *
   * @throws {OutOfMemoryError} if the machine cannot give them.
   */
  reserve(segment: Segment, offset: number, byteLength: number): void;
  /** Gives the pages of a range back; they read as zeros afterwards. */
  discard(segment: Segment, offset: number, byteLength: number): void;
  /** Memory with names. */
  readonly named: NamedMemory;

  /**
   * Sleeps while the word at `address` is `expected`, for at most `milliseconds` (`Infinity`: for
   * ever). May return at any time for any reason.
   */
  wait(address: Address, expected: number, milliseconds: number): void;
  /** Wakes at most `count` sleepers on the word at `address`, in any process. */
  wake(address: Address, count: number): void;

  /** The identity of a process, or `undefined` if there is none with this id. */
  identify(pid: number): Identity | undefined;
  /** Whether a process is about to be gone, and has perhaps given back some of what it had. */
  isEnding(pid: number): boolean;
  /** The parent of this process. */
  parentPid(): number;
  /**
   * Makes what children of this process hold on to, if they may change their user: the kernel then forgets that
   * they are to die with their parent.
   *
   * @returns A descriptor, which stays open as long as this process lives; `undefined` where it is not needed.
   */
  openLifeline(): number | undefined;
  /**
   * Asks the kernel to kill this process when its parent ends.
   *
   * @param parent The process id of the parent.
   * @param lifeline What the parent has made, if anything: holding on to it, this process may change its user.
   */
  dieWithParent(parent: number, lifeline?: number): void;
  /** From now on Ctrl-C does not end this process. */
  ignoreInterrupts(): void;
  /** Sends a signal; false if there is no such process. */
  kill(pid: number, signal: number): boolean;
  /** Ends this process at once, with an exit code; nobody in it is told. */
  exitAtOnce(code: number): void;
  /**
   * How a child of this process ended, without taking that knowledge from the runtime:
   * an exit code, `-N` for signal N, or `undefined` if it is alive or not known any more.
   */
  peekExit(pid: number): number | undefined;
  /** Blocks this thread until a process has ended, for at most `milliseconds`; may return early. */
  waitExit(pid: number, milliseconds: number): void;

  /** Makes the bell of this process. */
  openBell(onRing: () => void): Bell;
  /**
   * Opens the bell of another process for ringing; `undefined` if that process is gone, or has closed its files
   * because it is about to be.
   *
   * @throws {ProcessError} if this process can open nothing more.
   */
  openRinger(pid: number, writeFd: number): number | undefined;
  /** The process that had this bell is gone: nothing of it stays. */
  buryBell(pid: number, writeFd: number): void;
  /** Writes one byte to a bell. */
  ring(ringer: number): void;
  /** Closes a descriptor. */
  close(fd: number): void;

  /** The program that runs this process. */
  program(): string;
  /** The command line of this process. */
  commandLine(): string[];
  /** The working directory of this process. */
  workingDirectory(): string;
  /**
   * Makes a folder the working directory.
   *
   * @throws {ProcessError} if it cannot be.
   */
  enterFolder(path: string): void;
  /** Why a folder cannot be a working directory, as in `"ENOENT"`; `undefined` if it can. */
  folderProblem(path: string): string | undefined;
  /** Whether there is a file at a path. */
  exists(path: string): boolean;
  /** Whether another descriptor of this process, from 3 on, refers to the same file. */
  isDuplicated(fd: number): boolean;
  /** How much memory this process has resident, in bytes. */
  residentBytes(): number;
  /** How many processors this process may use, by affinity and quota; at least 1. */
  processors(): number;
  /** Lets others have this processor, if they wait for it; they may need it to do what is waited for. */
  giveWay(): void;
}
