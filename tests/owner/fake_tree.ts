/** A tree of processes that are not there: an owner table over sparse words, and a machine that is asked. */
import type { OwnerId } from "../../src/memory/owner_id.ts";
import { NOBODY } from "../../src/memory/owner_id.ts";
import { OwnerTable } from "../../src/owner/table.ts";
import type { Identity } from "../../src/platform/port.ts";
import { type OnStep, SparseWords } from "../memory/sparse_words.ts";

/** The processes of a fake machine, and the words that they share. */
export class FakeTree {
  readonly words: SparseWords = new SparseWords();
  readonly processes: Map<number, Identity> = new Map();
  /** The first process of the tree. */
  readonly root: OwnerId;
  /** The table as the first process sees it. */
  readonly table: OwnerTable;
  #nextPid = 100;

  constructor() {
    this.table = this.as();
    this.root = this.table.reserve(NOBODY);
    this.table.activate(this.root, this.begin());
  }

  /** The table as somebody sees it. */
  as(onStep: OnStep = () => {}): OwnerTable {
    return new OwnerTable(this.words.as(onStep), (pid) => this.processes.get(pid));
  }

  /** A process begins, and has no owner yet. */
  begin(startTime = this.#nextPid * 7): number {
    const pid = this.#nextPid++;
    this.processes.set(pid, { startTime, ended: false });
    return pid;
  }

  /** A process begins and becomes an owner. */
  join(parent: OwnerId = this.root): OwnerId {
    const owner = this.table.reserve(parent);
    if (!this.table.activate(owner, this.begin())) throw new Error("it could not join");
    return owner;
  }

  /** A process is gone from the machine. */
  kill(owner: OwnerId): void {
    this.processes.delete(this.table.pidOf(owner));
  }

  /** What recovery does of itself. */
  recover(dead: OwnerId, recoverer: OwnerId = this.root, table = this.table): boolean {
    if (!table.beginRecovery(dead, recoverer)) return false;
    table.endRecovery(dead, recoverer);
    return true;
  }
}
