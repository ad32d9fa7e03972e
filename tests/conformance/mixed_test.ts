import { type RuntimeName, runtimeName, test } from "../support/harness.ts";
import { runtimeNames } from "../support/runtime.ts";
import { programOf } from "./children.ts";
import { atomicsAreExact, flagShowsWrites, type Parties, storesAreNotDelayed } from "./litmus.ts";

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
}
