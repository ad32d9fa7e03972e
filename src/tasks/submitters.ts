/**
 * Who submits to a pool: its maker, workers whose tasks submit, and others that it was sent to. Each has a block
 * with a queue, a completion stack and task records of its own; the table in the pool's control block leads to all.
 *
 * | owner of a block | meaning | leaves by |
 * | --- | --- | --- |
 * | owner | submits here | itself, when it has nothing pending; whoever recovers it if it died |
 * | NOBODY | vacant | a submitter that takes it over: a compare-exchange |
 *
 * Laws
 * 1. Blocks, slabs of records and the parcels of tasks lie inside the pool's object (`insideOf`): they go with it,
 *    when no process holds it any more, and not with their owner. So a worker that runs a task of somebody who
 *    has just died reads and writes nothing that is somebody else's.
 * 2. A block that was once in the table stays there. What the dead have left in it (tasks that are being run, done
 *    ones that nobody took) is settled by whoever takes it over, with nobody to tell.
 * 3. A death is told by `deaths`, which counts, and everybody is woken after a recovery: each submitter then looks
 *    which of its tasks were in the hands of the dead.
 */
import { insideOf } from "../memory/cells.ts";
import { NOBODY, type OwnerId } from "../memory/owner_id.ts";
import type { WordIndex, WordMemory } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { MAX_SLABS, MAX_SUBMITTERS, POOL, SLAB, SUBMITTER, TASK } from "./layout.ts";
import { OutOfMemoryError } from "../errors.ts";
import { dropPayloads } from "./payload.ts";
import { withdraw } from "./task.ts";

/** The largest slab, in records: a cell that is not a block of its own. */
const LARGEST_SLAB = 2048;

/** How many records slab `i` has: a submitter of few tasks takes little memory. */
export function slabLength(i: number): number {
  return Math.min(SLAB * 2 ** i, LARGEST_SLAB);
}

/** The blocks in the table. */
export function* blocksOf(words: WordMemory, pool: WordIndex): Generator<WordIndex> {
  const used = words.load(pool + POOL.submitters);
  for (let i = 0; i < used; i++) {
    const block = words.load(pool + POOL.table + i);
    if (block !== 0) yield block;
  }
}

/** The records of a block. */
export function* recordsOf(words: WordMemory, block: WordIndex): Generator<WordIndex> {
  const slabs = words.load(block + SUBMITTER.slabs);
  for (let i = 0; i < slabs; i++) {
    const slab = words.load(block + SUBMITTER.slabTable + i);
    for (let j = 0; j < slabLength(i); j++) yield slab + j * TASK.size;
  }
}

/**
 * A block to submit from: a vacant one, or a new one.
 *
 * @throws {OutOfMemoryError} if there is no room.
 */
export function enrol(member: Member, pool: WordIndex): WordIndex {
  const { heap: { words }, allocator: { cells }, owner } = member;
  for (const block of blocksOf(words, pool)) {
    // Ours: of a handle that is not used any more.
    const before = words.compareExchange(block + SUBMITTER.owner, NOBODY, owner);
    if (before === NOBODY || before === owner) return block;
  }
  const block = cells.allocate(SUBMITTER.size * 4);
  for (let i = 0; i < SUBMITTER.size; i++) words.store(block + i, 0);
  words.store(block + SUBMITTER.owner, owner);
  cells.handOver(block, owner, insideOf(pool));
  for (let place = 0; place < MAX_SUBMITTERS; place++) {
    if (words.compareExchange(pool + POOL.table + place, 0, block) !== 0) continue;
    let used = words.load(pool + POOL.submitters);
    while (used <= place) {
      const found = words.compareExchange(pool + POOL.submitters, used, place + 1);
      if (found === used) break;
      used = found;
    }
    return block;
  }
  cells.free(block);
  throw new OutOfMemoryError(
    `Cannot submit to the pool: ${MAX_SUBMITTERS} processes do so already`,
  );
}

/** Allocates the next slab of a block; 0 if it can have no more. */
export function growBlock(member: Member, pool: WordIndex, block: WordIndex): WordIndex {
  const { heap: { words, plain }, allocator: { cells }, owner } = member;
  const slabs = words.load(block + SUBMITTER.slabs);
  if (slabs >= MAX_SLABS) return 0;
  const length = slabLength(slabs);
  const slab = cells.allocate(length * TASK.size * 4);
  let index = 0;
  for (let i = 0; i < slabs; i++) index += slabLength(i);
  for (let i = 0; i < length; i++) {
    const record = slab + i * TASK.size;
    for (let word = 0; word < TASK.inline; word++) plain.set(record + word, 0);
    plain.set(record + TASK.submitter, block);
    plain.set(record + TASK.index, index + i);
  }
  cells.handOver(slab, owner, insideOf(pool));
  words.store(block + SUBMITTER.slabTable + slabs, slab);
  words.store(block + SUBMITTER.slabs, slabs + 1);
  return slab;
}

/** Drops what the dead had queued, and makes their blocks vacant. Can be repeated. */
export function mournSubmitter(member: Member, pool: WordIndex, dead: OwnerId): void {
  const { words } = member.heap;
  for (const block of blocksOf(words, pool)) {
    if (words.load(block + SUBMITTER.owner) !== dead) continue;
    for (const record of recordsOf(words, block)) {
      if (withdraw(words, record)) dropPayloads(member, record);
    }
    words.store(block + SUBMITTER.pending, 0);
    words.compareExchange(block + SUBMITTER.owner, dead, NOBODY);
  }
  words.add(pool + POOL.deaths, 1);
}

/** Whether anybody has orders that have not settled. */
export function anyPending(words: WordMemory, pool: WordIndex): boolean {
  for (const block of blocksOf(words, pool)) {
    if (words.load(block + SUBMITTER.pending) !== 0) return true;
  }
  return false;
}

/** Wakes all who wait for results: there will be none. */
export function wakeSubmitters({ heap: { words }, parking }: Member, pool: WordIndex): void {
  for (const block of blocksOf(words, pool)) parking.wake(block + SUBMITTER.completions, 1);
}
