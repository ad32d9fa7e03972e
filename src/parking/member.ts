/**
 * This process as a member of its tree: the heap that it shares, its name in it, and how it waits.
 *
 * A process becomes a member by its first use of anything shared. The first of a tree makes the heap;
 * its children are told where it is when they are started, and join it before any code of theirs runs.
 */
import { ProcessError } from "../errors.ts";
import { Allocator, Heap } from "../memory/heap.ts";
import { HEADER, MAGIC } from "../memory/layout.ts";
import { NOBODY, type OwnerId } from "../memory/owner_id.ts";
import { landCargoOfBlock, landCargoOfCell } from "../owner/cargo.ts";
import { Handles } from "../owner/handles.ts";
import { Holdings } from "../owner/holdings.ts";
import { Recovery } from "../owner/recovery.ts";
import { OwnerTable } from "../owner/table.ts";
import { currentPlatform } from "../platform/current.ts";
import { currentRuntime } from "../runtime/current.ts";
import { oneState } from "../runtime/one_state.ts";
import { Parking } from "./parking.ts";

/** A process and everything it needs to take part. */
export interface Member {
  /** The shared heap. */
  readonly heap: Heap;
  /** The name of this process in shared words. */
  readonly owner: OwnerId;
  /** The other processes of the tree. */
  readonly table: OwnerTable;
  /** What this process allocates. */
  readonly allocator: Allocator;
  /** The shared objects. */
  readonly holdings: Holdings;
  /** The handles of this process. */
  readonly handles: Handles;
  /** What is done when a process has died. */
  readonly recovery: Recovery;
  /** How this process waits. */
  readonly parking: Parking;
}

/** A bundled program and its child's entry have a copy of this module each, and are one member. */
const self: { member: Member | undefined; readonly callbacks: ((member: Member) => void)[] } =
  oneState(
    "member 2",
    () => ({ member: undefined, callbacks: [] }),
  );

/** Calls back as soon as this process is a member, before it is anything else; at once if it is one. */
export function whenMember(callback: (member: Member) => void): void {
  self.callbacks.push(callback);
  if (self.member !== undefined) callback(self.member);
}

/** This process as a member; the first call makes a heap, unless {@linkcode joinTree} came before. */
export function member(): Member {
  if (self.member !== undefined) return self.member;
  const platform = currentPlatform();
  const heap = Heap.create(platform);
  const table = new OwnerTable(heap.words, (pid) => platform.identify(pid));
  return self.member = become(heap, table, table.reserve(NOBODY));
}

/** Whether this process is a member already. */
export function isMember(): boolean {
  return self.member !== undefined;
}

/**
 * Joins the heap of the process that started this one, in the slot that it set aside; by its descriptor, or
 * by the name that the heap has.
 *
 * @throws {ProcessError} if that process is gone.
 */
export function joinTree(pid: number, fd: number, owner: OwnerId, name?: string): Member {
  if (self.member !== undefined) {
    throw new ProcessError("Cannot join a tree of processes: this process is in one already");
  }
  const platform = currentPlatform();
  const heap = Heap.attach(platform, pid, fd, name);
  return self.member = become(
    heap,
    new OwnerTable(heap.words, (pid) => platform.identify(pid)),
    owner,
  );
}

function become(heap: Heap, table: OwnerTable, owner: OwnerId): Member {
  const { pid } = currentRuntime();
  if (!table.activate(owner, pid)) {
    throw new ProcessError("Cannot join a tree of processes: who started this one is gone");
  }
  const allocator = new Allocator(heap, owner, {
    isScanning: () => table.isScanning(),
    isAnotherScanning: () => table.isScanning(owner),
    during(look) {
      table.setScanning(owner, true);
      try {
        return look();
      } finally {
        table.setScanning(owner, false);
      }
    },
  });
  const { cells, blocks } = allocator;
  const recovery = new Recovery(table, owner);
  const isAlive = (other: OwnerId): boolean => table.isAlive(other);
  // Nobody changes that word.
  const pause = (): void => heap.kernel.wait(HEADER.magic, MAGIC, 1);
  const holdings = new Holdings(heap.words, cells, owner, isAlive, pause);
  recovery.addStep((dead) => {
    const isDead = (other: OwnerId): boolean => other === dead || table.isGone(other);
    cells.recover(dead, isDead, (cell) => landCargoOfCell(heap, allocator, holdings, cell));
    blocks.recover(isDead, (block) => landCargoOfBlock(heap, allocator, holdings, block));
    holdings.recover(dead);
  });
  const parking = new Parking(heap, owner, table, recovery);
  const handles = new Handles(holdings);
  const member = { heap, owner, table, allocator, holdings, handles, recovery, parking };
  for (const callback of self.callbacks) callback(member);
  return member;
}
