/** The C functions that Linux is spoken to with, as tables; glibc's and musl's names of the library. */
import type { CFunctions, CSignature, Runtime } from "../runtime/port.ts";

/** What the dynamic loader calls the C library. */
export const LIBRARIES: readonly string[] = [
  "libc.so.6",
  "libc.musl-x86_64.so.1",
  "libc.musl-aarch64.so.1",
  "libc.so",
];

const TABLE = {
  memfd_create: { parameters: ["bytes", "i32"], result: "i32" },
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  fallocate: { parameters: ["i32", "i32", "i64", "i64"], result: "i32" },
  mmap: { parameters: ["address", "i64", "i32", "i32", "i32", "i64"], result: "address" },
  munmap: { parameters: ["address", "i64"], result: "i32" },
  open: { parameters: ["bytes", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  read: { parameters: ["i32", "bytes", "i64"], result: "i64" },
  write: { parameters: ["i32", "bytes", "i64"], result: "i64" },
  fcntl: { parameters: ["i32", "i32", "i64"], result: "i32" },
  pipe2: { parameters: ["bytes", "i32"], result: "i32" },
  mkfifo: { parameters: ["bytes", "i32"], result: "i32" },
  rename: { parameters: ["bytes", "bytes"], result: "i32" },
  chdir: { parameters: ["bytes"], result: "i32" },
  access: { parameters: ["bytes", "i32"], result: "i32" },
  readlink: { parameters: ["bytes", "bytes", "i64"], result: "i64" },
  poll: { parameters: ["bytes", "i64", "i32"], result: "i32" },
  kill: { parameters: ["i32", "i32"], result: "i32" },
  _exit: { parameters: ["i32"], result: "void" },
  signal: { parameters: ["i32", "address"], result: "address" },
  prctl: { parameters: ["i32", "i64", "i64", "i64", "i64"], result: "i32" },
  getpagesize: { parameters: [], result: "i32" },
  geteuid: { parameters: [], result: "i32" },
  getppid: { parameters: [], result: "i32" },
  waitid: { parameters: ["i32", "i32", "bytes", "i32"], result: "i32" },
  sched_getaffinity: { parameters: ["i32", "i64", "bytes"], result: "i32" },
  sched_yield: { parameters: [], result: "i32" },
} as const;

const ERRNO = { __errno_location: { parameters: [], result: "address" } } as const;

/** `futex(address, FUTEX_WAKE, count)`: four words, which Node calls on its fast path. */
const WAKE = { syscall: { parameters: ["i32", "address", "i32", "i32"], result: "i32" } } as const;

/** `futex(address, FUTEX_WAIT, expected, timespec)`. */
const WAIT = {
  syscall: { parameters: ["i32", "address", "i32", "i32", "bytes"], result: "i32" },
} as const;

/** `pidfd_open(pid, flags)`, which older C libraries have no function for. */
const PIDFD_OPEN = {
  syscall: { parameters: ["i32", "i32", "i32"], result: "i32" },
} as const;

/** Everything that is called in C. */
export interface Libc extends CFunctions<typeof TABLE> {
  /** `syscall(futex, address, FUTEX_WAKE, count)`. */
  readonly futexWake: CFunctions<typeof WAKE>["syscall"];
  /** `syscall(futex, address, FUTEX_WAIT, expected, timespec)`. */
  readonly futexWait: CFunctions<typeof WAIT>["syscall"];
  /** `syscall(pidfd_open, pid, flags)`. */
  readonly pidfdOpen: CFunctions<typeof PIDFD_OPEN>["syscall"];
  /** The reason of the last failure; a hint only, as another call may have come between. */
  errno(): number;
}

/**
 * Makes the functions callable. Each is bound when it is first asked for: a child that does little needs
 * a third of them, and each costs Deno 0.2 ms.
 */
export function bindLibc(runtime: Runtime): Libc {
  // Bound before anything can fail: binding it then might change what it tells.
  const { __errno_location } = runtime.bind(LIBRARIES, ERRNO);
  let errnoWord: Int32Array | undefined;
  const libc = {
    errno(): number {
      errnoWord ??= new Int32Array(runtime.view(__errno_location(), 4));
      return errnoWord[0];
    },
  };
  const bindLater = (name: string, symbol: string, signature: CSignature): void => {
    const get = (): unknown => {
      const value = runtime.bind(LIBRARIES, { [symbol]: signature })[symbol];
      Object.defineProperty(libc, name, { value });
      return value;
    };
    Object.defineProperty(libc, name, { get, configurable: true });
  };
  for (const [symbol, signature] of Object.entries(TABLE)) bindLater(symbol, symbol, signature);
  bindLater("futexWake", "syscall", WAKE.syscall);
  bindLater("futexWait", "syscall", WAIT.syscall);
  bindLater("pidfdOpen", "syscall", PIDFD_OPEN.syscall);
  return libc as Libc;
}

/** A string as C reads it. */
export function cString(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}

const ERRNO_NAMES: Readonly<Record<number, string>> = {
  1: "EPERM",
  2: "ENOENT",
  3: "ESRCH",
  4: "EINTR",
  6: "ENXIO",
  9: "EBADF",
  11: "EAGAIN",
  12: "ENOMEM",
  13: "EACCES",
  17: "EEXIST",
  20: "ENOTDIR",
  22: "EINVAL",
  23: "ENFILE",
  24: "EMFILE",
  27: "EFBIG",
  28: "ENOSPC",
  38: "ENOSYS",
  95: "EOPNOTSUPP",
};

/** The name of an error number, as in `"ENOMEM"`. */
export function errnoName(errno: number): string {
  return ERRNO_NAMES[errno] ?? `errno ${errno}`;
}
