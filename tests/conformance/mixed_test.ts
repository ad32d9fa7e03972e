import { type RuntimeName, runtimeName, test, until } from "../support/harness.ts";
import { readProc } from "../support/proc.ts";
import { runtimeNames } from "../support/runtime.ts";
import { Ground, platform } from "../fixtures/conformance/ground.ts";
import type { RingerTicket } from "../fixtures/conformance/ringer_child.ts";
import { programOf, start, succeed } from "./children.ts";
import { atomicsAreExact, flagShowsWrites, type Parties, storesAreNotDelayed } from "./litmus.ts";

let onRing = () => {};
const bell = platform.openBell(() => onRing());

for (const other of runtimeNames) {
  if (other === runtimeName) continue;
  const pair: Parties = [runtimeName, other];
  const ignore: Partial<Record<RuntimeName, string>> = programOf(other) === undefined
    ? { [runtimeName]: `${other} is not here` }
    : {};

  test(`atomics are exact between ${runtimeName} and ${other}`, { ignore }, async () => {
    await atomicsAreExact(pair, 1_000_000);
  });

  test(`a flag of ${runtimeName} shows its plain writes to ${other}`, { ignore }, async () => {
    await flagShowsWrites(pair, 1024, 200_000);
  });

  test(`a store is not delayed between ${runtimeName} and ${other}`, { ignore }, async () => {
    await storesAreNotDelayed(pair, 200_000);
  });

  test(`${runtimeName} hears the rings of ${other}`, { ignore }, async () => {
    using ground = Ground.create(platform.pageSize);
    const rings = 1_000;
    const ticket: RingerTicket = {
      ground: ground.ticket,
      writeFd: bell.writeFd,
      rings,
      counter: 0,
      gate: 16,
      ringers: 1,
    };
    const { promise, resolve } = Promise.withResolvers<void>();
    onRing = () => ground.words.load(0) === rings && resolve();
    bell.ear.listen();
    const ringer = start("ringer_child.ts", ticket, { on: other });
    await promise;
    onRing = () => {};
    await bell.ear.rest();
    await succeed(ringer);
  });

  test(`${runtimeName} wakes ${other} from its sleep on a word`, { ignore }, async () => {
    using ground = Ground.create(platform.pageSize);
    const at = { word: 0, ready: 16, returned: 32 };
    const sleeper = start("sleeper_child.ts", { ground: ground.ticket, at }, { on: other });
    await until(() => ground.words.load(at.ready) === 1, "it is about to sleep");
    await until(() => /^State:\s+S/m.test(readProc(sleeper.pid, "status")), "it sleeps");
    platform.wake(ground.addressOf(at.word), 1);
    await succeed(sleeper);
  });
}
