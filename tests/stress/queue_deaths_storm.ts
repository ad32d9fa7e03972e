/** The storm of those who are killed in the middle of putting and getting, and while they wait to get. */

import { dispose, Event, Process, Queue, sharedArray } from "../../mod.ts";
import type { Kind } from "../fixtures/channel/queues.ts";
import * as children from "../fixtures/channel/queues.ts";
import * as fixture from "../fixtures/channel/storm.ts";
import { type Item, type Log, lostIn, marker } from "../fixtures/channel/storm.ts";
import type { Storm, Weather } from "./storm.ts";

/** Who is killed in each round. */
const PRODUCERS = 4;
const TAKERS = 3;
const WAITERS = 3;

/** In how many queues each waiter waits: a process is dear to start, and dies in all of them. */
const IDLE = 12;

/** How many items each producer puts before it only waits for its end. */
const SHARE = 2 ** 16;

type Child = Process<never, unknown>;

/** Ten processes that begin together, and are killed at moments of their own. */
class Round implements Disposable {
  readonly #weather: Weather;
  readonly #queue = new Queue<Item>(500);
  readonly #idle = Array.from({ length: IDLE }, () => new Queue<number>());
  readonly #ready = new Queue<string>();
  readonly #go = new Event();
  readonly #log: Log = {
    state: sharedArray("i", 2),
    begun: sharedArray("i", PRODUCERS),
    done: sharedArray("i", PRODUCERS),
    taken: sharedArray("i", TAKERS),
    seen: sharedArray("B", PRODUCERS * SHARE),
  };
  readonly #mark = marker(this.#log);

  constructor(weather: Weather) {
    this.#weather = weather;
  }

  async run(): Promise<void> {
    const victims = this.#start();
    try {
      for (let i = 0; i < victims.length; i++) await this.#ready.get();
      this.#go.set();
      await this.#killAll(victims);
    } finally {
      for (const child of victims) child.kill();
      await Promise.all(victims.map((child) => child.join()));
    }
    await this.#inspect(victims);
  }

  [Symbol.dispose](): void {
    for (const each of [this.#queue, ...this.#idle, this.#ready, this.#go]) each.dispose();
    for (const array of Object.values(this.#log)) dispose(array);
  }

  #start(): Child[] {
    const kind = (): Kind => this.#weather.random.pick(["sync", "async"]);
    const of = (count: number, make: (by: number) => Child): Child[] =>
      Array.from({ length: count }, (_, by) => make(by).start());
    const [queue, log, ready, go] = [this.#queue, this.#log, this.#ready, this.#go];
    const { produceOnce, consumeOnce } = fixture;
    return [
      ...of(
        PRODUCERS,
        (by) => new Process(produceOnce, { args: [ready, go, queue, log, by, kind()] }),
      ),
      ...of(
        TAKERS,
        (by) => new Process(consumeOnce, { args: [ready, go, queue, log, by, kind()] }),
      ),
      ...of(
        WAITERS,
        () => new Process(children.waitInAll, { args: [this.#idle, ready, kind()] }),
      ),
    ];
  }

  /** Each some moments after the beginning, whatever it may be at by then. */
  async #killAll(victims: readonly Child[]): Promise<void> {
    const { random } = this.#weather;
    let left = victims.map((child) => ({ child, moments: random.below(8) }));
    while (left.length > 0) {
      for (let i = random.below(300); i > 0 && this.#take(); i--);
      left = left.filter((victim) => {
        if (victim.moments-- > 0) return true;
        victim.child.kill();
        this.#weather.count("kills");
        return false;
      });
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  #take(): boolean {
    const got = this.#queue.tryGet();
    if (got.state === "item") this.#mark(got.value);
    return got.state === "item";
  }

  /** The queue goes on, whoever was in it; and who only waited has taken nothing along. */
  async #inspect(victims: readonly Child[]): Promise<void> {
    const spared = victims.find((child) => child.signal !== "SIGKILL");
    if (spared !== undefined) throw new Error(`A victim ended by itself: ${await spared.result}`);
    while (this.#take());
    if (this.#queue.size !== 0) throw new Error(`${this.#queue.size} items are left`);
    await this.#inspectIdle();
    const lost = lostIn(this.#log, PRODUCERS);
    this.#weather.count("items", this.#log.done.reduce((sum, done) => sum + done, 0));
    this.#weather.count("lost with their consumers", lost);
    if (lost > TAKERS) throw new Error(`${lost} items are lost, and ${TAKERS} takers were killed`);
  }

  /** Who waits where the dead have waited is woken, and gets the first and only item. */
  async #inspectIdle(): Promise<void> {
    const gets = this.#idle.map((queue) => queue.get());
    for (const [i, queue] of this.#idle.entries()) queue.putSync(i);
    for (const [i, got] of (await Promise.all(gets)).entries()) {
      if (got !== i || !this.#idle[i].isEmpty) throw new Error(`Queue ${i} of the waits is wrong`);
    }
    this.#weather.count("waits cut off", WAITERS * IDLE);
  }
}

/** Processes in the middle of putting, of getting, and waiting to get, killed at random moments. */
export const storm: Storm = {
  question: "Does who is killed in a queue cost no more than the item that it was getting?",
  async run(weather) {
    do {
      using round = new Round(weather);
      await round.run();
    } while (!weather.isOver());
  },
};
