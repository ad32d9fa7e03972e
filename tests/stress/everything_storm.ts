/**
 * The soak: everything at once, with random kills, in eras of a few seconds. After each of them all that was
 * started has ended, and what is left is counted: it must be what was left after the first.
 */

import process from "node:process";
import {
  dispose,
  Event,
  Lock,
  Pool,
  Process,
  ProcessDiedError,
  Queue,
  RWLock,
  Semaphore,
  sharedArray,
  sharedMap,
  SharedStruct,
  TimeoutError,
} from "../../mod.ts";
import { statSync } from "node:fs";
import { member } from "../../src/parking/member.ts";
import {
  act,
  double,
  type Note,
  ownPid,
  settle,
  sumOf,
  TOTAL,
  type World,
} from "../fixtures/stress/actor.ts";
import { collect } from "../fixtures/shared/collect.ts";
import { describeProcess, treeOf } from "../support/proc.ts";
import { until } from "../support/until.ts";
import { describeObjects, INSIDE, type Left, leftNow, LOST } from "./left.ts";
import type { Storm, Weather } from "./storm.ts";

/** How many actors there are, and for how long an era lasts, in ms. */
const ACTORS = 6, ERA = 6_000;

/**
 * After how many ms something that is not done is taken to hang. Not soon: a soak may be all but starved by what else the
 * machine does.
 */
const HANGS = 300_000;

/**
 * By how much anything may have grown after so many kills: not at all. But a process that is killed within the
 * microseconds that `owner/holdings.ts` names leaves a shared object to the tree, and with it what lies inside.
 */
function allowance(what: string, kills: number): number {
  return what === LOST || INSIDE.includes(what) ? Math.ceil(kills / 1_000) : 0;
}

/** Within how many ms what an era has left must have gone. */
const SETTLES = 60_000;

const MiB = 2 ** 20;

/** What is large and wavers: shown, and compared over the whole storm. */
function memoryNow(): { resident: number; heap: number } {
  const { blocks: pages } = statSync(`/proc/self/fd/${member().heap.segment}`);
  return { resident: process.memoryUsage().rss / MiB, heap: 512 * pages / MiB };
}

class Soak {
  readonly #weather: Weather;
  readonly #actors: (Process<never, void> | undefined)[] = [];
  readonly #next = new Map<number, number>();
  readonly #memory: { resident: number; heap: number }[] = [];
  #lives = 0;
  #kills = 0;
  #allKills = 0;
  readonly #bornAs: number[] = [];
  readonly #begun = performance.now();
  #eraEnds = 0;
  #failure: Error | undefined;
  #first: Left | undefined;

  constructor(weather: Weather) {
    this.#weather = weather;
  }

  async run(): Promise<void> {
    do {
      await this.#era();
      this.#weather.count("eras");
      if (this.#failure !== undefined) throw this.#failure;
    } while (!this.#weather.isOver());
    this.#compareMemory();
  }

  get #isOver(): boolean {
    return performance.now() >= this.#eraEnds || this.#weather.isOver() ||
      this.#failure !== undefined;
  }

  async #era(): Promise<void> {
    this.#eraEnds = performance.now() + ERA;
    this.#next.clear();
    this.#kills = 0;
    await this.#rage();
    await this.#count();
  }

  async #rage(): Promise<void> {
    using stop = new Event();
    using lock = new Lock();
    using gate = new RWLock();
    using desks = new Semaphore(2);
    using map = sharedMap<string, number>();
    const world: World = {
      stop,
      lock,
      accounts: sharedArray("d", Array(8).fill(TOTAL / 8)),
      gate,
      pair: new SharedStruct({ first: "q", second: "q" }),
      desks,
      notes: new Queue<Note>(16),
      parcels: new Queue<Int32Array>(8),
      map,
      changes: sharedArray("i", 1),
      births: sharedArray("i", ACTORS),
    };
    const read = this.#attempt(this.#read(world));
    const actors = Array.from({ length: ACTORS }, (_, at) => this.#attempt(this.#keep(world, at)));
    await Promise.all([this.#attempt(this.#kill(world)), this.#attempt(this.#work())]);
    stop.set();
    await Promise.all(actors);
    world.notes.close();
    await read;
    if (this.#failure === undefined) await this.#inspect(world);
    // Not left to a collector, which may take what looks like a pointer for one.
    dispose(world.accounts);
    dispose(world.changes);
    dispose(world.births);
    world.pair[Symbol.dispose]();
    world.notes[Symbol.dispose]();
    world.parcels[Symbol.dispose]();
  }

  /** Whatever fails ends the era. */
  async #attempt(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#failure ??= error as Error;
    }
  }

  /** Sees to it that there is an actor in a place. */
  async #keep(world: World, at: number): Promise<void> {
    while (!this.#isOver) {
      const life = this.#bornAs[at] = ++this.#lives;
      const seed = this.#weather.random.bits();
      const actor = new Process(act, { args: [world, at, life, seed] }).start();
      this.#actors[at] = actor as unknown as Process<never, void>;
      const outcome = await actor.result.then(() => undefined, (error) => error);
      await actor.join();
      this.#actors[at] = undefined;
      if (outcome === undefined) continue;
      if (actor.signal !== "SIGKILL") throw outcome;
      this.#weather.count("actors killed");
    }
  }

  async #kill(world: World): Promise<void> {
    const { random } = this.#weather;
    while (!this.#isOver) {
      await new Promise((resolve) => setTimeout(resolve, random.below(600)));
      const at = random.below(ACTORS);
      const actor = this.#actors[at];
      // Most have done something before; a tenth are killed wherever they are, perhaps while they start.
      const isBorn = world.births[at] === this.#bornAs[at] || random.below(10) === 0;
      if (actor === undefined || !isBorn) continue;
      this.#kills++;
      this.#allKills++;
      actor.kill();
    }
  }

  /** The notes of each life come in their order, and none is missing. */
  async #read({ notes }: World): Promise<void> {
    for await (const { life, count, bytes, sum } of notes) {
      const expected = this.#next.get(life) ?? 0;
      if (count !== expected) throw new Error(`note ${count} of life ${life}, not ${expected}`);
      if (sumOf(bytes) !== sum) throw new Error(`note ${count} of life ${life} has other bytes`);
      this.#next.set(life, count + 1);
      this.#weather.count("notes");
    }
  }

  /** A pool that is used and hurt at the same time. */
  async #work(): Promise<void> {
    const { random } = this.#weather;
    await using pool = new Pool(2);
    const items = Array.from({ length: 500 }, (_, n) => n);
    do {
      const [all, stream, hurt] = await Promise.all([
        within(pool.map(double, items, { retries: 20 })),
        within(streamed(pool, items)),
        within(this.#hurt(pool, random.below(3))),
      ]);
      if (all.some((n, i) => n !== 2 * i)) throw new Error("map() has other results");
      if (stream !== 2 * 124_750) throw new Error(`imapUnordered() adds up to ${stream}`);
      this.#weather.count("tasks", all.length + items.length);
      this.#weather.count(hurt);
    } while (!this.#isOver);
  }

  async #hurt(pool: Pool, how: number): Promise<string> {
    try {
      if (how === 0) {
        process.kill(await pool.apply(ownPid, [], { retries: 20 }), "SIGKILL");
        return "workers killed";
      }
      if (how === 1) {
        await pool.apply(() => process.kill(process.pid, "SIGKILL"), []);
      } else {
        await pool.apply(
          () => {
            while (true);
          },
          [],
          { timeout: 50, retries: 20 },
        );
      }
    } catch (error) {
      if (error instanceof ProcessDiedError) return "tasks killed";
      if (error instanceof TimeoutError) return "tasks timed out";
      throw error;
    }
    throw new Error("a task ended that cannot");
  }

  /** All actors have ended: what they have left adds up. */
  async #inspect(
    { lock, accounts, gate, pair, desks, map, changes, parcels }: World,
  ): Promise<void> {
    {
      using held = await lock.acquire({ timeout: HANGS });
      settle(accounts, held.abandoned);
      using write = await gate.acquireWrite({ timeout: HANGS });
      if (pair.first !== pair.second && !write.abandoned) throw new Error("a half is left");
    }
    await until(() => desks.value === 2, "all desks are free again", { timeout: HANGS });
    const sum = [...map.values()].reduce((sum, value) => sum + value, 0);
    // Who was killed between a change and its count changed one more.
    if (sum < changes[0] || sum > changes[0] + this.#kills) {
      throw new Error(`the map adds up to ${sum}: ${changes[0]} changes, ${this.#kills} kills`);
    }
    this.#weather.count("changes of the map", sum);
    for (let taken = parcels.tryGet(); taken.state === "item"; taken = parcels.tryGet()) {
      dispose(taken.value);
    }
  }

  async #count(): Promise<void> {
    const first = this.#first ??= await settled();
    let left = first;
    const grown = () =>
      Object.keys(left)
        .filter((what) => left[what] > (first[what] ?? 0) + allowance(what, this.#allKills))
        .map((what) => `${what}: ${first[what] ?? 0}, now ${left[what]}`);
    await until(
      async () => {
        // The dead that nobody asks about are found by whoever waits, and here nobody does.
        member().parking.sweepIfDue();
        await collect();
        left = leftNow();
        return grown().length === 0;
      },
      "nothing is left of the era",
      { timeout: SETTLES },
    ).catch(() => {
      throw new Error(`Something is left of an era: ${grown().join(", ")}\n${describeObjects()}`);
    });
    this.#report(left);
  }

  #report(left: Left): void {
    const memory = memoryNow();
    this.#memory.push(memory);
    const at = this.#memory.length;
    if (at !== 1 && at % 10 !== 0) return;
    const isDescriptor = (what: string) => what.startsWith("descriptors");
    const counts = Object.entries(left).filter(([what, count]) => count > 0 && !isDescriptor(what))
      .map(([what, count]) => `${count} ${what}`).join(", ");
    const open = Object.keys(left).filter(isDescriptor).reduce((sum, what) => sum + left[what], 0);
    const seconds = (performance.now() - this.#begun) / 1_000;
    console.log(
      `${seconds.toFixed(0)} s, era ${at}, ${this.#allKills} kills, ${this.#lives} lives: ` +
        `${memory.resident.toFixed(0)} MiB resident, heap ${
          memory.heap.toFixed(1)
        } MiB; ${open} descriptors, ${counts}`,
    );
  }

  /** The last third of the storm takes no more memory than the first: what the heap keeps, and what engines like to. */
  #compareMemory(): void {
    const third = Math.floor(this.#memory.length / 3);
    if (third < 3) return;
    for (const what of ["resident", "heap"] as const) {
      const all = this.#memory.map((memory) => memory[what]);
      const [first, last] = [median(all.slice(1, third + 1)), median(all.slice(-third))];
      console.log(`${what}: ${first.toFixed(1)} MiB at first, ${last.toFixed(1)} MiB at last`);
      const most = what === "heap" ? first + 2 : 1.2 * first + 8;
      if (last > most) throw new Error(`${what} memory grows: ${all.map((n) => n.toFixed(1))}`);
    }
  }
}

/** What is left once nothing changes any more. */
async function settled(): Promise<Left> {
  let before = "";
  await until(
    async () => {
      await collect();
      const now = JSON.stringify(leftNow());
      const same = now === before;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return same;
    },
    "counts that stay",
    { timeout: SETTLES },
  );
  return leftNow();
}

async function streamed(pool: Pool, items: number[]): Promise<number> {
  let sum = 0;
  for await (const n of pool.imapUnordered(double, items, { retries: 20 })) sum += n;
  return sum;
}

/** Fails if work hangs. */
async function within<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const tree = treeOf(process.pid).map(({ pid }) => describeProcess(pid)).join("\n");
      reject(new Error(`a pool hangs for ${HANGS} ms\n${tree}`));
    }, HANGS);
  });
  try {
    return await Promise.race([work, hang]);
  } finally {
    clearTimeout(timer);
  }
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

/** Six actors, a pool, and kills of everybody. */
export const storm: Storm = {
  question: "Does everything at once, with random kills, leave nothing behind?",
  run: (weather) => new Soak(weather).run(),
};
