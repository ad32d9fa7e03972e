/**
 * Named memory on Linux: files below /dev/shm, as `shm_open` makes them.
 *
 * A file gets its name when it is whole (`O_TMPFILE`, then `linkat`): nobody ever opens a part of one, and
 * a process that is killed over it leaves nothing. Whoever uses it holds a lock on it (`flock`), which the
 * kernel lets go of however that process ends.
 */
import { ProcessError, UnsupportedError } from "../errors.ts";
import type { CFunctions, Runtime } from "../runtime/port.ts";
import type { SmallFiles } from "./files.ts";
import { cString, errnoName, type Libc, LIBRARIES } from "./libc.ts";
import type { NamedMemory, Segment } from "./port.ts";

const FOLDER = "/dev/shm";
const O_RDWR = 2;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const O_TMPFILE = 0o20000000;
const FLAGS = {
  x64: { directory: 0o200000, noFollow: 0o400000 },
  arm64: { directory: 0o40000, noFollow: 0o100000 },
};
/** For its owner alone. */
const MODE = 0o600;
const AT_FDCWD = -100;
const AT_SYMLINK_FOLLOW = 0x400;
const SEEK_END = 2;
const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;

const TABLE = {
  open: { parameters: ["bytes", "i32", "i32"], result: "i32" },
  linkat: { parameters: ["i32", "bytes", "i32", "bytes", "i32"], result: "i32" },
  unlink: { parameters: ["bytes"], result: "i32" },
  lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
  flock: { parameters: ["i32", "i32"], result: "i32" },
  opendir: { parameters: ["bytes"], result: "address" },
  readdir: { parameters: ["address"], result: "address" },
  closedir: { parameters: ["address"], result: "i32" },
} as const;

/** Binds what named memory needs. */
export function linuxNamedMemory(runtime: Runtime, libc: Libc, files: SmallFiles): NamedMemory {
  const table = runtime.bind(LIBRARIES, TABLE);
  const { directory, noFollow } = FLAGS[runtime.arch as keyof typeof FLAGS];
  const opening = O_RDWR | O_CLOEXEC | O_NONBLOCK | noFollow;

  const failure = (act: string, name: string): ProcessError =>
    new ProcessError(`Cannot ${act} shared memory "${name}" (${errnoName(libc.errno())})`);

  const lock = (segment: Segment, how: number): boolean => {
    while (table.flock(segment, how) !== 0) {
      if (errnoName(libc.errno()) !== "EINTR") return false;
    }
    return true;
  };

  return {
    draft(): Segment {
      const folder = cString(FOLDER);
      const segment = table.open(folder, O_TMPFILE | directory | O_RDWR | O_CLOEXEC, MODE);
      if (segment >= 0) return segment;
      const reason = errnoName(libc.errno());
      throw new UnsupportedError(
        `Cannot share memory by name: no file can be made in ${FOLDER} (${reason}); ` +
          "it must be a tmpfs that this process may write to",
      );
    },

    publish(draft: Segment, name: string): boolean {
      const from = cString(`/proc/self/fd/${draft}`);
      const to = cString(`${FOLDER}/${name}`);
      if (table.linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW) === 0) return true;
      if (errnoName(libc.errno()) === "EEXIST") return false;
      throw failure("name", name);
    },

    open(name: string): Segment | undefined {
      const path = cString(`${FOLDER}/${name}`);
      const segment = table.open(path, opening, 0);
      if (segment >= 0) return segment;
      if (errnoName(libc.errno()) === "ENOENT") return undefined;
      throw failure("open", name);
    },

    byteLength: (segment) => table.lseek(segment, 0, SEEK_END),
    isNamed: (segment, name) => files.link(`/proc/self/fd/${segment}`) === `${FOLDER}/${name}`,
    use: (segment) => void lock(segment, LOCK_SH),
    leave: (segment) => void lock(segment, LOCK_UN),
    lockAlone: (segment) => lock(segment, LOCK_EX | LOCK_NB),

    unlink(name: string): void {
      const path = cString(`${FOLDER}/${name}`);
      if (table.unlink(path) === 0 || errnoName(libc.errno()) === "ENOENT") return;
      throw failure("unlink", name);
    },

    names: () => list(runtime, table, REGULAR),
    pipes: () => list(runtime, table, FIFO),
    processSpace: () => files.link("/proc/self/ns/pid") ?? "",
  };
}

/** `struct dirent`: 8 bytes of inode, 8 of offset, 2 of the record's length, 1 of type, then the name. */
const DIRENT = { length: 16, type: 18, name: 19 };
const FIFO = 1;
const REGULAR = 8;

function list(runtime: Runtime, table: CFunctions<typeof TABLE>, kind: number): string[] {
  const path = cString(FOLDER);
  const folder = table.opendir(path);
  if (folder <= 0) return [];
  const found: string[] = [];
  for (let entry = table.readdir(folder); entry > 0; entry = table.readdir(folder)) {
    const length = new DataView(runtime.view(entry, DIRENT.name)).getUint16(DIRENT.length, true);
    const bytes = new Uint8Array(runtime.view(entry, length));
    if (bytes[DIRENT.type] !== kind) continue;
    const name = bytes.slice(DIRENT.name, bytes.indexOf(0, DIRENT.name));
    found.push(new TextDecoder().decode(name));
  }
  table.closedir(folder);
  return found;
}
