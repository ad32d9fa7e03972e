/** The storm of queues. */

import { dispose, Process, Queue, sharedArray } from "../../mod.ts";
import type { Kind } from "../fixtures/channel/queues.ts";
import {
  consume,
  CONSUMERS,
  type Item,
  type Log,
  lostIn,
  produce,
  PRODUCERS,
  SHARE,
  STOP,
} from "../fixtures/channel/storm.ts";
import type { Storm, Weather } from "./storm.ts";

/** How many of each there are at a time. */
const AT_A_TIME = 4;

/** How many items go through one queue, and how many through all at least. */
const MESSAGES = 1_000_000;

/** How many items are put between two kills at least, at most. */
const FEW = 400;

/** After how many ms without an item the queue is taken to hang. */
const HANGS = 20_000;

type Role = "producer" | "consumer";

class Rage implements Disposable {
  readonly #weather: Weather;
  readonly #queue: Queue<Item>;
  readonly #log: Log = {
    state: sharedArray("i", 2),
    begun: sharedArray("i", PRODUCERS),
    done: sharedArray("i", PRODUCERS),
    taken: sharedArray("i", CONSUMERS),
    seen: sharedArray("B", PRODUCERS * SHARE),
  };
  /** Who is there, each with its number. */
  readonly #alive: Record<Role, Map<Process<never, void>, number>> = {
    producer: new Map(),
    consumer: new Map(),
  };
  readonly #ended: Promise<void>[] = [];
  #producers = 0;
  #consumers = 0;
  #consumersKilled = 0;
  #isEnding = false;
  #failure: unknown;

  constructor(weather: Weather) {
    this.#weather = weather;
    this.#queue = new Queue(weather.random.pick([1, 16, 1_000, 0]));
  }

  async run(): Promise<void> {
    try {
      for (let i = 0; i < AT_A_TIME; i++) {
        this.#start("producer");
        this.#start("consumer");
      }
      await this.#kill();
      this.#isEnding = true;
      Atomics.store(this.#log.state, STOP, 1);
      await this.#allEnded("producer");
      this.#queue.close();
      await this.#allEnded("consumer");
    } finally {
      this.#isEnding = true;
      for (const role of ["producer", "consumer"] as const) {
        for (const child of this.#alive[role].keys()) child.kill();
      }
      await Promise.all(this.#ended);
    }
    this.#inspect();
  }

  [Symbol.dispose](): void {
    this.#queue.dispose();
    for (const array of Object.values(this.#log)) dispose(array);
  }

  #start(role: Role): void {
    if (role === "producer" ? this.#producers === PRODUCERS : this.#consumers === CONSUMERS) return;
    const kind: Kind = this.#weather.random.pick(["sync", "async"]);
    const by = role === "producer" ? this.#producers++ : this.#consumers++;
    const target = role === "producer" ? produce : consume;
    const child = new Process(target, { args: [this.#queue, this.#log, by, kind] }).start();
    this.#alive[role].set(child, by);
    this.#ended.push(this.#end(role, child));
  }

  /** Another takes the place of one that has ended. */
  async #end(role: Role, child: Process<never, void>): Promise<void> {
    await child.join();
    this.#alive[role].delete(child);
    if (child.signal !== "SIGKILL") await child.result.catch((error) => this.#failure ??= error);
    if (!this.#isEnding) this.#start(role);
  }

  async #kill(): Promise<void> {
    const { random } = this.#weather;
    let progress = 0;
    let since = performance.now();
    let next = 0;
    while (!this.#weather.isOver() && this.#failure === undefined) {
      // Mostly longer than a start takes: otherwise the machine does nothing but start processes.
      await new Promise((resolve) => setTimeout(resolve, random.below(250)));
      const now = this.#log.done.reduce((sum, done) => sum + done, 0);
      this.#weather.count("items", now - progress);
      if (now > progress) [progress, since] = [now, performance.now()];
      if (performance.now() - since > HANGS) throw new Error("Nothing was put for a long time");
      if (now >= MESSAGES) return;
      if (this.#producers === PRODUCERS || this.#consumers === CONSUMERS) return;
      // Where starting takes longer than that, whoever comes to work would be killed at once, and nothing be put.
      if (now < next) continue;
      const role = random.pick(["producer", "consumer"] as const);
      // Who is killed while it starts says nothing of queues.
      const deeds = role === "producer" ? this.#log.begun : this.#log.taken;
      const atWork = [...this.#alive[role]].filter(([, by]) => Atomics.load(deeds, by) > 0);
      if (atWork.length === 0) continue;
      random.pick(atWork)[0].kill();
      next = now + random.below(FEW);
      this.#weather.count("kills");
      if (role === "consumer") this.#consumersKilled++;
    }
  }

  async #allEnded(role: Role): Promise<void> {
    const end = performance.now() + HANGS;
    while (this.#alive[role].size > 0) {
      if (performance.now() > end) throw new Error(`A ${role} does not end`);
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  #inspect(): void {
    if (this.#failure !== undefined) throw this.#failure;
    const lost = lostIn(this.#log, this.#producers);
    this.#weather.count("lost with their consumers", lost);
    if (lost > this.#consumersKilled) {
      throw new Error(`${lost} items are lost, and ${this.#consumersKilled} consumers were killed`);
    }
    if (this.#queue.size !== 0) throw new Error(`${this.#queue.size} items are left`);
  }
}

/** Four producers and four consumers of one queue, killed at any moment and replaced. */
export const storm: Storm = {
  question:
    "Does a queue lose nothing but what its killed consumers had, and tear and double nothing?",
  least: { items: MESSAGES },
  async run(weather) {
    do {
      using rage = new Rage(weather);
      await rage.run();
      weather.count("queues");
    } while (!weather.isOver());
  },
};
