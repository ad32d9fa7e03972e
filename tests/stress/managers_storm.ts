/** The storm of managers. */

import { Manager, Process, sharedArray } from "../../mod.ts";
import { CHILDREN, rage, type Targets } from "../fixtures/manager/storm.ts";
import { until } from "../support/until.ts";
import "../support/shared_memory.ts";
import type { Storm, Weather } from "./storm.ts";

/** After how many ms without a round a child is taken to hang. */
const HANGS = 20_000;

class Rage implements AsyncDisposable {
  readonly #weather: Weather;
  readonly #manager = new Manager();
  readonly #words = sharedArray("i", 2 + CHILDREN);
  readonly #targets: Targets = {
    manager: this.#manager,
    dict: this.#manager.dict(),
    list: this.#manager.list(),
    counted: this.#words.subarray(0, 1),
    stop: this.#words.subarray(1, 2),
    turns: this.#words.subarray(2),
  };
  readonly #children: (Process<never, void> | undefined)[] = [];
  #kills = 0;
  #failure: Error | undefined;

  constructor(weather: Weather) {
    this.#weather = weather;
  }

  async run(): Promise<void> {
    const children = Array.from({ length: CHILDREN }, (_, index) => this.#keep(index));
    try {
      await this.#kill();
    } finally {
      Atomics.store(this.#targets.stop, 0, 1);
      if (this.#failure !== undefined) { for (const child of this.#children) child?.kill(); }
      await Promise.all(children);
    }
    if (this.#failure !== undefined) throw this.#failure;
    await this.#inspect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#targets.dict.dispose();
    this.#targets.list.dispose();
    await this.#manager[Symbol.asyncDispose]();
    this.#words[Symbol.dispose]();
  }

  get #isOver(): boolean {
    return this.#weather.isOver() || this.#failure !== undefined;
  }

  /** Sees to it that there is a child in a place. */
  async #keep(index: number): Promise<void> {
    while (!this.#isOver) {
      const args: Parameters<typeof rage> = [this.#targets, index, this.#weather.random.bits()];
      const child = new Process(rage, { args }).start();
      this.#children[index] = child as unknown as Process<never, void>;
      child.result.catch(() => {});
      await child.join();
      this.#children[index] = undefined;
      if (child.signal === null && child.exitCode !== 0) {
        this.#failure ??= new Error(`a child ended with exit code ${child.exitCode}`);
      }
    }
  }

  async #kill(): Promise<void> {
    const { random } = this.#weather;
    let [turns, since] = [0, performance.now()];
    while (!this.#isOver) {
      await new Promise((resolve) => setTimeout(resolve, random.below(60)));
      const index = 1 + random.below(CHILDREN - 1);
      const child = this.#children[index];
      // Not before it has done anything: otherwise most die while they start.
      if (child !== undefined && Atomics.exchange(this.#targets.turns, index, 0) !== 0) {
        child.kill();
        this.#children[index] = undefined;
        this.#kills++;
        this.#weather.count("kills");
      }
      const now = Atomics.load(this.#targets.turns, 0);
      if (now !== turns) [turns, since] = [now, performance.now()];
      else if (performance.now() - since > HANGS) {
        this.#failure ??= new Error("a child that is not killed hangs");
      }
    }
    this.#weather.count("rounds of the survivor", turns);
  }

  /** All have ended: nothing that was added is lost, and what nobody has is forgotten. */
  async #inspect(): Promise<void> {
    const { dict, list, counted } = this.#targets;
    const sum = await dict.get("n") as number;
    this.#weather.count("additions", sum);
    // Who is killed behind an addition has not counted it.
    if (sum < counted[0] || sum > counted[0] + this.#kills) {
      throw new Error(`${counted[0]} additions and ${this.#kills} kills make ${sum}`);
    }
    await dict.clear();
    await list.clear();
    // Who is killed between counting a message and writing it down leaves what it mentions: see owner/README.md.
    const most = 2 + this.#kills;
    await until(async () => (await this.#manager.count()) <= most, "what nobody has is forgotten");
    this.#weather.count("things left behind by kills", await this.#manager.count() - 2);
  }
}

/** Four processes, one manager, random SIGKILLs. */
export const storm: Storm = {
  question: "Does a manager survive those who ask it?",
  async run(weather) {
    await using rage = new Rage(weather);
    await rage.run();
  },
};
