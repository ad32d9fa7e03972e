/** Tells a schedule so that a person can follow it. */

import type { Search } from "./search.ts";
import type { Event } from "./step.ts";

/** How a value is written: of a word with this name. */
export type Show = (value: number, word: string) => string;

/** How many steps of a schedule are told: a livelock is long, and its middle is like its end. */
const LONGEST = 120;

/** The schedule that leads to a state, a line a step, and which words it has changed. */
export function trace(
  search: Search,
  end: number,
  names: readonly string[],
  show: Show,
): readonly string[] {
  const path: number[] = [];
  for (let index = end; index >= 0; index = search.seen.parent(index)) path.push(index);
  path.reverse();
  const width = Math.max(...search.shape.participants.map(({ name }) => name.length));
  const lines: string[] = [];
  for (let i = 1; i < path.length; i++) {
    const event = eventBetween(search, path[i - 1], path[i]);
    const { name } = search.shape.participants[event.who];
    const before = search.shape.position(search.seen.get(path[i - 1]), event.who).note;
    const after = search.shape.position(search.seen.get(path[i]), event.who).note;
    const note = after === before || event.kind === "dies" ? "" : `   (${after || "–"})`;
    const text = tell(event, search, names, show);
    lines.push(`${String(i).padStart(3)}  ${name.padEnd(width)}  ${text}${note}`);
  }
  if (lines.length > LONGEST) {
    const left = lines.length - LONGEST;
    lines.splice(LONGEST / 2, left, `     … ${left} steps …`);
  }
  const last = search.seen.get(end);
  const first = search.seen.get(path[0]);
  const words = names
    .map((name, at) => last[at] === first[at] ? "" : `${name} = ${show(last[at], name)}`)
    .filter((text) => text !== "");
  lines.push(`     at the end: ${words.join(", ") || "every word as at the beginning"}`);
  return lines;
}

/** Which event leads from a state to the next: a state does not keep how it came about. */
function eventBetween(search: Search, from: number, to: number): Event {
  const target = search.seen.get(to);
  const cells = target.length - 1; // all but who went last
  let found: Event | undefined;
  search.stepper.visitAll(search.seen.get(from), (after, event) => {
    for (let i = 0; i < cells; i++) if (after[i] !== target[i]) return;
    found ??= event;
  });
  if (found === undefined) throw new Error(`No step leads from state ${from} to state ${to}`);
  return found;
}

function tell(event: Event, search: Search, names: readonly string[], show: Show): string {
  const { operation, answer } = event;
  if (operation === undefined) return "DIES";
  const { verb, at, value, other } = operation;
  const word = names[at];
  const shown = (number: number) => show(number, word);
  const who = (index: number) => search.shape.participants[index]?.name ?? `nobody (${index})`;
  if (event.kind !== "does") {
    return `${event.kind}, ${verb === "hear" ? "listening" : `asleep on ${word}`}`;
  }
  switch (verb) {
    case "load":
      return `${word} is ${shown(answer)}`;
    case "store":
      return `${word} := ${shown(value)}`;
    case "exchange":
      return `${word} := ${shown(value)}, was ${shown(answer)}`;
    case "compareExchange":
      return answer === value
        ? `${word}: ${shown(value)} → ${shown(other)}`
        : `${word}: ${shown(value)} → ${shown(other)} fails, it is ${shown(answer)}`;
    case "add":
      return `${word} += ${value}, was ${shown(answer)}`;
    case "and":
      return `${word} &= ${value}, was ${shown(answer)}`;
    case "or":
      return `${word} |= ${value}, was ${shown(answer)}`;
    case "wait":
      return answer === value
        ? `sleeps on ${word} while ${shown(value)}`
        : `does not sleep on ${word} while ${shown(value)}: it is ${shown(answer)}`;
    case "wake":
      return `wakes ${other} on ${word}: ${event.woken.map(who).join(", ") || "nobody"}` +
        (event.late === undefined ? "" : `, ${who(event.late)} too late`);
    case "ring":
      return `rings ${who(at)}`;
    case "hear":
      return "hears its bell";
    case "alive":
      return `sees that ${who(at)} is ${answer === 1 ? "alive" : "dead"}`;
    case "pause":
      return "goes on";
    case "choose":
      return `chooses ${answer} of ${at}`;
  }
}
