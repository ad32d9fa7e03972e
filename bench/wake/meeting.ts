/** Where the two processes of bench/wake.ts meet. */

import { Words } from "../../src/memory/words.ts";
import { currentPlatform } from "../../src/platform/current.ts";
import type { Mapping, Platform } from "../../src/platform/port.ts";
import { currentRuntime } from "../../src/runtime/current.ts";
import type { Child, Runtime } from "../../src/runtime/port.ts";

/** The runtime that is measured. */
export const runtime: Runtime = currentRuntime();

/** The platform that is measured. */
export const platform: Platform = currentPlatform();

/** The words of the meeting, a cache line each. */
export const WORD = { ping: 0, pong: 16, writeFd: 32, turn: 48, back: 64, idle: 80 };

/** What a partner finds on its command line. */
export interface Ticket {
  readonly pid: number;
  readonly segment: number;
  /** The write end of the bell of the one who measures. */
  readonly writeFd: number;
}

/** A page of shared words. */
export class Meeting {
  /** The descriptor of the page. */
  readonly segment: number;
  readonly #mapping: Mapping;
  /** Its words. */
  readonly words: Words;

  private constructor(segment: number) {
    this.segment = segment;
    this.#mapping = platform.map(segment, 0, 4096);
    this.words = new Words(new Int32Array(this.#mapping.buffer));
  }

  /** Makes the page. */
  static create(): Meeting {
    return new Meeting(platform.createSegment(4096));
  }

  /** Opens the page of another process. */
  static open({ pid, segment }: Ticket): Meeting {
    return new Meeting(platform.openSegment(pid, segment));
  }

  /** Where a word lies in this process. */
  addressOf(at: number): number {
    return this.#mapping.address + 4 * at;
  }

  /** Sleeps until a word has a value. */
  waitFor(at: number, value: number): void {
    for (let seen = this.words.load(at); seen !== value; seen = this.words.load(at)) {
      platform.wait(this.addressOf(at), seen, Infinity);
    }
  }
}

/** Starts a partner as the library starts its processes. */
export function startPartner(script: string, meeting: Meeting, writeFd: number): Child {
  const ticket: Ticket = { pid: runtime.pid, segment: meeting.segment, writeFd };
  const args = runtime.launchArgs({
    commandLine: platform.commandLine(),
    entry: new URL(script, import.meta.url).href,
    ticket: JSON.stringify(ticket),
    cwd: platform.workingDirectory(),
    exists: platform.exists,
  });
  const program = platform.program();
  return runtime.spawn({ program, args, stdin: "null", stdout: "null", stderr: "inherit" });
}
