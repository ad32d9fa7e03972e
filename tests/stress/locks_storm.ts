/** The storm of locks. */

import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  Lock,
  Process,
  RLock,
  RWLock,
} from "../../mod.ts";
import { Board } from "../fixtures/sync/board.ts";
import {
  CHILDREN,
  DAMAGE,
  damages,
  DEEDS,
  LIFE,
  PERMITS,
  rage,
  STOP,
  type Targets,
  TURNS,
} from "../fixtures/sync/storm.ts";
import { until } from "../support/until.ts";
import type { Storm, Weather } from "./storm.ts";

/** After how many ms without a deed a child is taken to hang. */
const HANGS = 20_000;

class Rage implements Disposable {
  readonly #weather: Weather;
  readonly #board = new Board();
  readonly #targets: Targets = {
    lock: new Lock(),
    rlock: new RLock(),
    semaphore: new BoundedSemaphore(PERMITS),
    condition: new Condition(new Lock()),
    event: new Event(),
    barrier: new Barrier(3),
    rwlock: new RWLock(),
  };
  readonly #children: (Process<never, void> | undefined)[] = [];
  readonly #progress = Array.from({ length: CHILDREN }, () => ({ first: 0, last: 0, since: 0 }));
  #failure: Error | undefined;

  constructor(weather: Weather) {
    this.#weather = weather;
  }

  async run(): Promise<void> {
    const children = Array.from({ length: CHILDREN }, (_, index) => this.#replace(index));
    try {
      await this.#kill();
    } finally {
      this.#board.store(STOP, 1);
      // Who waits for others that come no more.
      this.#targets.event.set();
      if (this.#failure !== undefined) { for (const child of this.#children) child?.kill(); }
      await Promise.all(children);
    }
    this.#weather.count("deeds", this.#board.load(DEEDS));
    if (this.#failure !== undefined) throw this.#failure;
    await this.#inspect();
  }

  [Symbol.dispose](): void {
    for (const target of Object.values(this.#targets) as Disposable[]) target[Symbol.dispose]();
    this.#board[Symbol.dispose]();
  }

  get #isOver(): boolean {
    return this.#weather.isOver() || this.#failure !== undefined;
  }

  /** Sees to it that there is a child in a place. */
  async #replace(index: number): Promise<void> {
    while (!this.#isOver) {
      const turns = this.#board.load(TURNS + index);
      this.#progress[index] = { first: turns, last: turns, since: performance.now() };
      const seed = this.#weather.random.bits();
      const args: Parameters<typeof rage> = [this.#targets, this.#board.at, index, seed];
      const child = new Process(rage, { args }).start();
      this.#children[index] = child as unknown as Process<never, void>;
      await child.join();
      this.#children[index] = undefined;
      child.result.catch(() => {});
      if (child.signal === "SIGKILL") this.#weather.count("deaths");
      else if (child.exitCode !== 0) this.#fail(`a child ended with exit code ${child.exitCode}`);
    }
  }

  async #kill(): Promise<void> {
    const { random } = this.#weather;
    while (!this.#isOver) {
      await new Promise((resolve) => setTimeout(resolve, random.below(100)));
      const index = random.below(CHILDREN);
      const child = this.#children[index];
      // Not before it has done anything: otherwise most die while they start.
      if (child !== undefined && this.#progress[index].first !== this.#board.load(TURNS + index)) {
        this.#board.add(LIFE + index, 1);
        child.kill();
        this.#children[index] = undefined;
        this.#weather.count("kills");
      }
      this.#look();
    }
  }

  #look(): void {
    const damage = this.#board.load(DAMAGE);
    if (damage !== 0) this.#fail(damages[damage]);
    for (const [index, progress] of this.#progress.entries()) {
      const turns = this.#board.load(TURNS + index);
      if (turns !== progress.last || this.#children[index] === undefined) {
        progress.last = turns;
        progress.since = performance.now();
      } else if (performance.now() - progress.since > HANGS) {
        this.#fail(`child ${index} (process ${this.#children[index]?.pid}) hangs`);
      }
    }
  }

  #fail(message: string): void {
    this.#failure ??= new Error(message);
  }

  /** All have ended: everything must be there to be had, and nothing more. */
  async #inspect(): Promise<void> {
    const damage = this.#board.load(DAMAGE);
    if (damage !== 0) throw new Error(damages[damage]);
    const { lock, rlock, semaphore, condition, rwlock } = this.#targets;
    for (const target of [lock, rlock, condition.lock]) {
      (await target.acquire({ timeout: 2_000 })).release();
      if (target.locked) throw new Error("a lock is held by nobody");
    }
    await until(() => semaphore.value === PERMITS, "all permits are back");
    (await rwlock.acquireWrite({ timeout: 2_000 })).release();
    if (rwlock.locked) throw new Error("the RWLock is held by nobody");
  }
}

/** Eight processes, all primitives, random SIGKILLs. */
export const storm: Storm = {
  question: "Do locks survive their holders, waiters and wakers?",
  async run(weather) {
    using rage = new Rage(weather);
    await rage.run();
  },
};
