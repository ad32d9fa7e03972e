/**
 * The control: two bare processes of this runtime, each with half of a load that was cut by hand. They know nothing of
 * a pool; what they reach is what the machine gives.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { runtimeName } from "../../tests/support/runtime.ts";
import { launchFlags } from "../launch.ts";

/** How many processes a pair has. */
const PARTS = 2;

/** Half of the work in each of two processes. */
export class BarePair {
  readonly #children: ChildProcess[] = [];
  readonly #answers: AsyncIterator<string>[] = [];

  /**
   * Starts both; they are ready when the first load is done.
   *
   * @param perMicrosecond How long short tasks are: see `work.ts`.
   */
  constructor(perMicrosecond: number) {
    const script = new URL("half.ts", import.meta.url).pathname;
    for (let part = 0; part < PARTS; part++) {
      const numbers = [part, PARTS, perMicrosecond].map(String);
      const args = [...launchFlags[runtimeName], script, ...numbers];
      const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
      this.#children.push(child);
      this.#answers.push(createInterface({ input: child.stdout! })[Symbol.asyncIterator]());
    }
  }

  /** Lets them do a load, told by its name, and waits for both. */
  async run(name: string): Promise<void> {
    for (const child of this.#children) child.stdin!.write(`${name}\n`);
    for (const answers of this.#answers) {
      const { value } = await answers.next();
      if (value !== name) throw new Error(`A bare process answered "${value}" to "${name}"`);
    }
  }

  /** Ends both. */
  async [Symbol.asyncDispose](): Promise<void> {
    const ends = this.#children.map((child) => once(child, "exit"));
    for (const child of this.#children) child.stdin!.end();
    await Promise.all(ends);
  }
}
