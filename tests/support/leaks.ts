/**
 * The leak check: what a test leaves behind in this process.
 *
 * Children must be gone. Descriptors, mappings of our heaps and registered counts may grow once,
 * because runtimes and this library open some things at first use: a test after which a count has
 * grown is run a second time, and what grows again is a leak.
 */

import process from "node:process";
import { keptMappings } from "../../src/codec/block_mappings.ts";
import { SLOT, slotOfOwner } from "../../src/owner/slot.ts";
import { isMember, member } from "../../src/parking/member.ts";
import { REPORT } from "./journal.ts";
import { childrenOf, describeProcess, descriptors, heapMappings } from "./proc.ts";
import { runtimeName } from "./runtime.ts";
import { until } from "./until.ts";

/** What the runner of this file writes its report to, if the gate runs it. */
const report = process.env[REPORT];

/** Counts by name. */
export type Counts = Record<string, number>;

// Each count is divided by kind: an engine that closes a thing of its own late must not hide a leak.
const counters = new Map<string, () => Counts>([
  ["descriptors", descriptorKinds],
  // Those that are kept for the next large message are few, and no leak.
  ["mappings", () => ({ heap: heapMappings().length - keptMappings() })],
]);

/** Adds a count that no test may leave higher than it was, such as the owner slots in use. */
export function registerLeakCheck(name: string, count: () => number): void {
  counters.set(name, () => ({ [name]: count() }));
}

function descriptorKinds(): Counts {
  const kinds: Counts = {};
  for (const target of descriptors().values()) {
    // Node's reporter opens its report when it gets to, perhaps in the middle of a test.
    if (target === report) continue;
    const kind = target.replace(/\[\d+\]$/, "");
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  // Whether a test waits on its event loop for the first time is a race in some: the one bell is no leak.
  if (hasBell()) {
    kinds["pipe:"] = (kinds["pipe:"] ?? 0) - 2;
    // A loop of Node opens this with its first stream, as a reserve for when it has no descriptor left.
    if (runtimeName === "node") kinds["/dev/null"] = (kinds["/dev/null"] ?? 0) - 1;
  }
  return kinds;
}

/** Whether this process has opened its bell, the two ends of a pipe, which it keeps. */
function hasBell(): boolean {
  if (!isMember()) return false;
  const { heap: { words }, owner } = member();
  return words.load(slotOfOwner(owner) + SLOT.bellFd) !== 0;
}

/** Everything that is counted, at one moment. */
export type Snapshot = ReadonlyMap<string, Counts>;

/** The counts now. */
export function takeCounts(): Snapshot {
  return new Map([...counters].map(([name, count]) => [name, count()]));
}

function grown(before: Snapshot, allowed: Counts): string[] {
  const found: string[] = [];
  for (const [name, now] of takeCounts()) {
    const kinds = Object.entries(now)
      // A counter that was registered by the test itself had nothing before.
      .map(([kind, count]) => ({ kind, more: count - (before.get(name)?.[kind] ?? 0) }))
      .filter(({ more }) => more > 0);
    const total = kinds.reduce((sum, { more }) => sum + more, 0);
    if (total <= (allowed[name] ?? 0)) continue;
    found.push(`${name} (${kinds.map(({ kind, more }) => `+${more} ${kind}`).join(", ")})`);
  }
  return found;
}

/**
 * The counts that stay above `before`. Runtimes close things some turns of the event loop after
 * they said that they had, so growth is believed only when it stays for `patience` milliseconds.
 */
export async function growth(
  before: Snapshot,
  allowed: Counts,
  patience: number,
): Promise<string[]> {
  let rest: string[] = [];
  try {
    await until(() => (rest = grown(before, allowed)).length === 0, "nothing has grown", {
      timeout: patience,
    });
  } catch {
    return rest;
  }
  return [];
}

/** Fails if a child is left that was not there before. */
export async function assertNoChildren(before: readonly number[]): Promise<void> {
  const left = () => childrenOf(process.pid).filter(({ pid }) => !before.includes(pid));
  try {
    await until(() => left().length === 0, "no child is left", { timeout: 2_000 });
  } catch {
    const report = left().map(({ pid }) => describeProcess(pid)).join("\n");
    for (const { pid } of left()) process.kill(pid, "SIGKILL");
    throw new Error(`The test left children behind:\n${report}`);
  }
}

/** What is open now, as text for a report. */
export function describeDescriptors(): string {
  return [...descriptors()].map(([fd, target]) => `  ${fd} ${target}`).join("\n");
}
