/** The platform port for Linux, x64 and arm64, glibc and musl. */
import { OutOfMemoryError, ProcessError, UnsupportedError } from "../errors.ts";
import type { Address, Runtime } from "../runtime/port.ts";
import { availableMemory } from "./available.ts";
import { type BellEnds, CLOSED, NamedDoors } from "./closed.ts";
import { SmallFiles } from "./files.ts";
import { bindLibc, cString, errnoName, type Libc } from "./libc.ts";
import { linuxNamedMemory } from "./named.ts";
import type { Bell, Identity, Mapping, NamedMemory, Platform, Segment } from "./port.ts";
import { processors } from "./processors.ts";

/** In the flags of a process: it is on its way out. */
const PF_EXITING = 4;

const ROOT = 0;
const MFD_CLOEXEC = 1;
const O_RDONLY = 0;
const O_WRONLY = 1;
const O_RDWR = 2;
const O_NONBLOCK = 0o4000;
const O_ASYNC = 0o20000;
const O_CLOEXEC = 0o2000000;
const F_SETFL = 4;
const F_SETOWN = 8;
const F_SETSIG = 10;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const MAP_NORESERVE = 0x4000;
const FALLOC_KEEP_SIZE = 1;
const FALLOC_PUNCH_HOLE = 2;
const FUTEX_WAIT = 0;
const FUTEX_WAKE = 1;
const EINTR = 4;
const EACCES = 13;
/** What opening a pipe for writing says of a process that is gone, or closes its files. */
const GONE: readonly string[] = ["ENOENT", "ESRCH", "ENXIO"];
const X_OK = 1;
const PR_SET_PDEATHSIG = 1;
const SIGINT = 2;
const SIGKILL = 9;
const SIGXFSZ = 25;
const SIG_IGN = 1;
const P_PID = 1;
const WNOHANG = 1;
const WEXITED = 4;
const WNOWAIT = 0x1000000;
const CLD_EXITED = 1;
const PIDFD_OPEN = 434;
const POLLIN = 1;
const POLLNVAL = 32;
const LONGEST_POLL = 2 ** 31 - 1;

/** As far as duplicates are looked for: the kernel gives the lowest descriptor that is free. */
const FEW_DESCRIPTORS = 128;

/** The reasons that mean that the machine has no more to give. */
const NO_MEMORY = new Set(["ENOMEM", "ENOSPC", "EFBIG"]);

/** In milliseconds; what is longer is for ever, and what is much longer is no timespec. */
const LONGEST_WAIT = 2 ** 50;

/** When so many bytes have been reserved, the available memory is asked for first (40 µs). */
const UNCHECKED = 2 ** 20;
/** What reservations leave: who fills memory piece by piece needs some of its own to hear of the end. */
const HEADROOM = 2 ** 24;

/** Makes the port for Linux over a runtime. */
export function linuxPlatform(runtime: Runtime): Platform {
  const libc = bindLibc(runtime);
  const files = new SmallFiles(libc);
  const futex = runtime.arch === "arm64" ? 98 : 202;
  const pageSize = libc.getpagesize();
  let named: NamedMemory | undefined;
  const namedMemory = (): NamedMemory => named ??= linuxNamedMemory(runtime, libc, files);
  const doors = new NamedDoors(runtime, libc, files, namedMemory);
  const ONE = new Uint8Array([1]);
  const timespec = new BigInt64Array(2);
  const timespecBytes = new Uint8Array(timespec.buffer);

  let heedsFileLimit = true;
  /**
   * Where files are limited (`ulimit -f`) and the heap would grow beyond, the kernel kills who has not said that
   * an error will do; Bun has, and Python does. A handler of a user's stays.
   */
  const refuseDeathByLimit = (): void => {
    if (!heedsFileLimit) return;
    heedsFileLimit = false;
    const before = libc.signal(SIGXFSZ, SIG_IGN);
    if (Number(before) > SIG_IGN) libc.signal(SIGXFSZ, before);
  };

  const ring = (ringer: number): void => {
    libc.write(ringer, ONE, 1);
  };

  let unchecked = 0;

  return {
    pageSize,

    createSegment(byteLength: number): Segment {
      refuseDeathByLimit();
      const fd = doors.areNeeded
        ? doors.createSegment(identify(libc, files, runtime.pid)?.startTime ?? 0)
        : libc.memfd_create(cString("x-mp"), MFD_CLOEXEC);
      if (fd < 0) throw failure(libc, "create shared memory", `asked for ${byteLength} bytes`);
      if (libc.ftruncate(fd, byteLength) !== 0) {
        const error = failure(libc, "create shared memory", `asked for ${byteLength} bytes`);
        libc.close(fd);
        throw error;
      }
      return fd;
    },

    segmentName: (segment) => doors.nameOf(segment),

    openSegment(pid: number, fd: number, name?: string): Segment {
      if (name !== undefined) return doors.openSegment(name);
      const path = cString(`/proc/${pid}/fd/${fd}`);
      const segment = libc.open(path, O_RDWR | O_CLOEXEC);
      if (segment >= 0) return segment;
      const asked = `asked for descriptor ${fd} of process ${pid}`;
      const error = failure(libc, "open shared memory", asked);
      if (libc.errno() === EACCES) error.message += `: ${CLOSED}`;
      throw error;
    },

    map: (segment, offset, byteLength) => map(runtime, libc, pageSize, segment, offset, byteLength),

    unmap(address: Address, byteLength: number): void {
      const before = address % pageSize;
      libc.munmap(address - before, before + byteLength);
    },

    reserve(segment: Segment, offset: number, byteLength: number): void {
      refuseDeathByLimit();
      unchecked += byteLength;
      if (unchecked >= UNCHECKED) {
        checkAvailable(files, byteLength);
        unchecked = 0;
      }
      reserve(libc, segment, offset, byteLength);
    },

    discard(segment: Segment, offset: number, byteLength: number): void {
      libc.fallocate(segment, FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE, offset, byteLength);
    },

    get named(): NamedMemory {
      return namedMemory();
    },

    wait(address: Address, expected: number, milliseconds: number): void {
      if (milliseconds <= 0) return;
      if (milliseconds > LONGEST_WAIT) {
        libc.futexWait(futex, address, FUTEX_WAIT, expected, null);
        return;
      }
      const seconds = Math.floor(milliseconds / 1000);
      timespec[0] = BigInt(seconds);
      timespec[1] = BigInt(Math.floor((milliseconds - seconds * 1000) * 1e6));
      libc.futexWait(futex, address, FUTEX_WAIT, expected, timespecBytes);
    },

    wake(address: Address, count: number): void {
      libc.futexWake(futex, address, FUTEX_WAKE, count);
    },

    identify: (pid) => identify(libc, files, pid),
    // By the 9th field.
    isEnding: (pid: number) => (Number(statusOf(files, pid)?.[6] ?? 0) & PF_EXITING) !== 0,
    parentPid: () => libc.getppid(),
    giveWay(): void {
      libc.sched_yield();
    },
    openLifeline: () => libc.geteuid() === ROOT ? openLifeline(libc) : undefined,
    dieWithParent(parent: number, lifeline?: number): void {
      libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
      if (lifeline !== undefined) holdOn(libc, runtime.pid, parent, lifeline);
    },
    ignoreInterrupts(): void {
      libc.signal(SIGINT, SIG_IGN);
    },
    kill: (pid, signal) => libc.kill(pid, signal) === 0,
    exitAtOnce: (code) => libc._exit(code),
    peekExit: (pid) => peekExit(libc, pid),
    waitExit: (pid, milliseconds) => waitExit(libc, pid, milliseconds),

    openBell(onRing: () => void): Bell {
      const { readFd, writeFd } = doors.areNeeded ? doors.openBell() : makePipe(libc, "wait");
      return { writeFd, ear: runtime.ear({ fd: readFd, onRing }), ring: () => ring(writeFd) };
    },
    openRinger(pid: number, writeFd: number): number | undefined {
      const name = cString(`/proc/${pid}/fd/${writeFd}`);
      let fd = libc.open(name, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
      if (fd < 0 && libc.errno() === EACCES) fd = doors.openRinger(pid, writeFd);
      if (fd >= 0) return fd;
      if (GONE.includes(errnoName(libc.errno()))) return undefined;
      throw failure(libc, "open a bell", `of process ${pid}`);
    },
    buryBell: (pid, writeFd) => doors.buryBell(pid, writeFd),
    ring,
    close(fd: number): void {
      doors.forgetSegment(fd);
      libc.close(fd);
    },

    program: () => files.link("/proc/self/exe") ?? "",
    commandLine: () => (files.read("/proc/self/cmdline") ?? "").split("\0").slice(0, -1),
    enterFolder(path: string): void {
      const name = cString(path);
      if (libc.chdir(name) !== 0) throw failure(libc, "work in a folder", `"${path}"`);
    },
    folderProblem(path: string): string | undefined {
      // Behind the slash there is something only in a folder that may be entered.
      const isFolder = libc.access(cString(`${path}/.`), X_OK) === 0;
      return isFolder ? undefined : errnoName(libc.errno());
    },
    workingDirectory: () => files.link("/proc/self/cwd") ?? "/",
    exists: (path) => libc.access(cString(path), 0) === 0,
    isDuplicated: (fd) => isDuplicated(libc, files, fd),
    residentBytes: () =>
      Number((files.read("/proc/self/statm") ?? "").split(" ")[1] ?? 0) * pageSize,
    processors: () => processors(libc, files),
  };
}

function failure(libc: Libc, act: string, subject: string): ProcessError {
  const reason = errnoName(libc.errno());
  const ErrorClass = NO_MEMORY.has(reason) ? OutOfMemoryError : ProcessError;
  return new ErrorClass(`Cannot ${act}: ${subject} (${reason})`);
}

function checkAvailable(files: SmallFiles, byteLength: number): void {
  const available = availableMemory(files);
  if (byteLength + HEADROOM <= available) return;
  throw new OutOfMemoryError(
    `Cannot reserve shared memory: asked for ${byteLength} bytes, available are ${available}, ` +
      `of which ${HEADROOM} are left alone`,
  );
}

function reserve(libc: Libc, segment: Segment, offset: number, byteLength: number): void {
  while (libc.fallocate(segment, 0, offset, byteLength) !== 0) {
    if (libc.errno() === EINTR) continue;
    throw failure(libc, "reserve shared memory", `asked for ${byteLength} bytes`);
  }
}

function map(
  runtime: Runtime,
  libc: Libc,
  pageSize: number,
  segment: Segment,
  offset: number,
  byteLength: number,
): Mapping {
  if (byteLength > runtime.largestView) {
    throw new UnsupportedError(
      `Cannot map shared memory: asked for ${byteLength} bytes, ` +
        `${runtime.name} views at most ${runtime.largestView} at a time`,
    );
  }
  // Pages of arm64 may have 16 or 64 KiB: what lies before the range in its first page is mapped too.
  const before = offset % pageSize;
  const start = libc.mmap(
    0,
    before + byteLength,
    PROT_READ_WRITE,
    MAP_SHARED | MAP_NORESERVE,
    segment,
    offset - before,
  );
  if (start < 0) throw failure(libc, "map shared memory", `asked for ${byteLength} bytes`);
  const address = start + before;
  let buffer: ArrayBuffer | undefined = runtime.view(address, byteLength);
  return {
    address,
    get buffer(): ArrayBuffer {
      if (buffer === undefined) throw new ProcessError("Cannot use shared memory: it is unmapped");
      return buffer;
    },
    unmap(): void {
      if (buffer === undefined) return;
      // What held the buffer now holds a detached one: reading it gives undefined, not a crash.
      buffer.transfer();
      buffer = undefined;
      libc.munmap(start, before + byteLength);
    },
  };
}

/** The fields of /proc/<pid>/stat from the 3rd on; the 2nd, the name, may hold anything. */
function statusOf(files: SmallFiles, pid: number): string[] | undefined {
  const stat = files.read(`/proc/${pid}/stat`);
  if (stat === undefined || stat === "") return undefined;
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** By the 3rd and the 22nd field. */
function identify(libc: Libc, files: SmallFiles, pid: number): Identity | undefined {
  const fields = statusOf(files, pid);
  if (fields === undefined) {
    // With no descriptor left nothing can be read, and who lives must not be taken for dead.
    const isThere = pid > 0 && libc.kill(pid, 0) === 0;
    return isThere ? { startTime: NaN, ended: false } : undefined;
  }
  return { startTime: Number(fields[19]), ended: fields[0] === "Z" || fields[0] === "X" };
}

/** `waitid` with WNOWAIT leaves the child to the runtime, which reaps it on its event loop. */
function peekExit(libc: Libc, pid: number): number | undefined {
  const info = new Int32Array(32);
  const bytes = new Uint8Array(info.buffer);
  if (libc.waitid(P_PID, pid, bytes, WEXITED | WNOHANG | WNOWAIT) !== 0) return undefined;
  // siginfo_t on both processors: code at word 2, pid at word 4, status at word 6.
  if (info[4] !== pid) return undefined;
  return info[2] === CLD_EXITED ? info[6] : -info[6];
}

/** A descriptor of a process becomes readable when the process ends. */
function waitExit(libc: Libc, pid: number, milliseconds: number): void {
  const fd = libc.pidfdOpen(PIDFD_OPEN, pid, 0);
  if (fd < 0) return;
  const pollfd = new Int32Array([fd, POLLIN]);
  const bytes = new Uint8Array(pollfd.buffer);
  // A negative timeout would be for ever, and -0 is no integer to an FFI.
  libc.poll(bytes, 1, Math.max(0, Math.min(Math.ceil(milliseconds), LONGEST_POLL)));
  libc.close(fd);
}

function isDuplicated(libc: Libc, files: SmallFiles, fd: number): boolean {
  const target = files.link(`/proc/self/fd/${fd}`);
  // Nothing waits to be written there.
  if (target === undefined || target === "/dev/null") return false;
  return openDescriptors(libc).some((other) => files.link(`/proc/self/fd/${other}`) === target);
}

/** Those of the first few descriptors that are open, without the standard streams; all, if the kernel does not say. */
function openDescriptors(libc: Libc): number[] {
  const descriptors = Array.from({ length: FEW_DESCRIPTORS - 3 }, (_, i) => i + 3);
  // One call for all of them; of a pollfd's second word the upper half is what came of it.
  const pollfds = new Int32Array(descriptors.flatMap((other) => [other, 0]));
  libc.poll(new Uint8Array(pollfds.buffer), descriptors.length, 0);
  return descriptors.filter((_, i) => (pollfds[2 * i + 1] >> 16 & POLLNVAL) === 0);
}

function makePipe(libc: Libc, act: string): BellEnds {
  const fds = new Int32Array(2);
  const bytes = new Uint8Array(fds.buffer);
  // A full pipe has rung already: nobody waits until it can hold one byte more.
  if (libc.pipe2(bytes, O_CLOEXEC | O_NONBLOCK) !== 0) throw failure(libc, act, "pipe");
  const [readFd, writeFd] = fds;
  return { readFd, writeFd };
}

/** The write end alone: children open the other one, which lies nowhere while there are none. */
function openLifeline(libc: Libc): number {
  const { readFd, writeFd } = makePipe(libc, "start a process");
  libc.close(readFd);
  return writeFd;
}

/**
 * The kernel sends the signal when the last who could write is gone, with the permissions of this moment. Nobody
 * ever writes, which would send it as well.
 */
function holdOn(libc: Libc, self: number, parent: number, lifeline: number): void {
  const path = cString(`/proc/${parent}/fd/${lifeline}`);
  const fd = libc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return;
  libc.fcntl(fd, F_SETSIG, SIGKILL);
  libc.fcntl(fd, F_SETOWN, self);
  libc.fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC);
}
