/** The storm of pools. */

import process from "node:process";
import { Pool, ProcessDiedError } from "../../mod.ts";
import { type Deed, type Job, toil, toilLater } from "../fixtures/pool/storm.ts";
import type { Storm, Weather } from "./storm.ts";

const WORKERS = 3;
/** How many calls go on at a time. */
const CALLERS = 4;
/** More than there are kills in any time that a task takes. */
const retries = 1_000;

type Method = "apply" | "map" | "starmap" | "imap" | "imapUnordered" | "applyAsync" | "mapAsync";
const methods: readonly Method[] = [
  "apply",
  "map",
  "starmap",
  "imap",
  "imapUnordered",
  "applyAsync",
  "mapAsync",
];

class Rage {
  readonly #weather: Weather;
  readonly #pool: Pool;
  /** Workers that have done something: who is killed before that says nothing new. */
  readonly #known = new Set<number>();
  readonly #killed = new Set<number>();
  #isOver = false;

  constructor(weather: Weather, pool: Pool) {
    this.#weather = weather;
    this.#pool = pool;
  }

  async run(): Promise<void> {
    const callers = Array.from({ length: CALLERS }, () => this.#call());
    const killer = this.#kill();
    try {
      await Promise.all(callers);
    } finally {
      this.#isOver = true;
      await killer;
    }
    // Everything is in its place again.
    const values = await this.#pool.map(toil, this.#jobs(100), { retries });
    if (values.length !== 100 || this.#pool.size !== WORKERS) {
      throw new Error(`The pool has ${this.#pool.size} workers and gave ${values.length} values`);
    }
  }

  async #kill(): Promise<void> {
    const { random } = this.#weather;
    while (!this.#isOver && !this.#weather.isOver()) {
      await new Promise((resolve) => setTimeout(resolve, random.below(60)));
      const victims = this.#pool.pids.filter((pid) =>
        this.#known.has(pid) && !this.#killed.has(pid)
      );
      if (victims.length === 0) continue;
      const pid = victims[random.below(victims.length)];
      this.#killed.add(pid);
      try {
        process.kill(pid, "SIGKILL");
        this.#weather.count("kills");
      } catch {
        // It has ended by itself: it had done its share.
      }
    }
  }

  async #call(): Promise<void> {
    const { random } = this.#weather;
    while (!this.#weather.isOver()) {
      const method = methods[random.below(methods.length)];
      if (random.below(5) === 0) await this.#withoutRetries();
      else await this.#checked(method, this.#jobs(1 + random.below(method === "apply" ? 1 : 200)));
      this.#weather.count("calls");
    }
  }

  #jobs(count: number): Job[] {
    const { random } = this.#weather;
    return Array.from({ length: count }, (): Job => {
      const kind = random.below(20);
      const load = kind === 0
        ? new Uint8Array(random.below(100_000)).fill(kind)
        : "x".repeat(kind === 1 ? random.below(2_000) : random.below(8));
      return [random.below(1_000_000), random.below(400), load];
    });
  }

  /** Everything comes right, in its place, and once. */
  async #checked(method: Method, jobs: Job[]): Promise<void> {
    const { random } = this.#weather;
    const fn = random.below(4) === 0 ? toilLater : toil;
    const chunkSize = random.below(2) === 0 ? undefined : 1 + random.below(40);
    const deeds = await this.#deeds(method, fn as typeof toil, jobs, chunkSize);
    if (deeds.length !== jobs.length) {
      throw new Error(`${method} of ${jobs.length} gave ${deeds.length} values`);
    }
    for (const [i, [n, , load]] of jobs.entries()) {
      const [pid, value, back] = deeds[i];
      if (value !== 3 * n + 1 || !isSame(load, back)) {
        throw new Error(`${method} gave ${value} in place ${i}, for ${n}`);
      }
      this.#known.add(pid);
    }
    this.#weather.count("results", jobs.length);
  }

  async #deeds(
    method: Method,
    fn: typeof toil,
    jobs: Job[],
    chunkSize: number | undefined,
  ): Promise<readonly Deed[]> {
    const pool = this.#pool;
    const options = { chunkSize, retries };
    if (method === "apply") {
      return await Promise.all(jobs.map((job) => pool.apply(fn, [job], options)));
    }
    if (method === "map") return await pool.map(fn, jobs, options);
    if (method === "starmap") return await pool.starmap(fn, jobs.map((job) => [job]), options);
    if (method === "applyAsync" || method === "mapAsync") {
      let calls = 0;
      const callback = (): void => void calls++;
      const deeds = method === "mapAsync"
        ? await pool.mapAsync(fn, jobs, { ...options, callback })
        : await Promise.all(jobs.map((job) => pool.applyAsync(fn, [job], { retries, callback })));
      await undefined;
      const expected = method === "mapAsync" ? 1 : jobs.length;
      if (calls !== expected) throw new Error(`${calls} callbacks came for ${expected} results`);
      return deeds;
    }
    const bufferSize = 1 + this.#weather.random.below(100);
    const deeds: Deed[] = [];
    for await (const deed of pool[method](fn, jobs, { ...options, bufferSize })) deeds.push(deed);
    return method === "imap" ? deeds : inOrderOf(jobs, deeds);
  }

  /** What is not tried again either comes, or is rejected with the death of a worker that was killed. */
  async #withoutRetries(): Promise<void> {
    const job = this.#jobs(1)[0];
    try {
      const [pid, value] = await this.#pool.apply(toil, [job]);
      this.#known.add(pid);
      if (value !== 3 * job[0] + 1) throw new Error(`apply gave ${value} for ${job[0]}`);
    } catch (error) {
      if (!(error instanceof ProcessDiedError)) throw error;
      const { pid, signal } = error;
      if (signal !== "SIGKILL" || pid === undefined || !this.#killed.has(pid)) throw error;
      this.#weather.count("losses");
    }
  }
}

/** Finds to each job its deed, each once. */
function inOrderOf(jobs: readonly Job[], deeds: readonly Deed[]): Deed[] {
  const key = (value: number, load: Uint8Array | string): string =>
    `${value} ${load.length} ${typeof load}`;
  const found = new Map<string, Deed[]>();
  for (const deed of deeds) {
    const name = key(deed[1], deed[2]);
    found.set(name, [...found.get(name) ?? [], deed]);
  }
  return jobs.flatMap(([n, , load]) => found.get(key(3 * n + 1, load))?.splice(0, 1) ?? []);
}

function isSame(a: Uint8Array | string, b: Uint8Array | string): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Workers are killed at random under every kind of load, and replaced when they have done their share. */
export const storm: Storm = {
  question: "Does every result of a pool come right, and once, while its workers are killed?",
  async run(weather) {
    const options = weather.random.below(2) === 0 ? {} : { maxTasksPerWorker: 200 };
    const pool = new Pool(WORKERS, options);
    try {
      await new Rage(weather, pool).run();
      await pool[Symbol.asyncDispose]();
    } finally {
      await pool.terminate();
    }
  },
};
