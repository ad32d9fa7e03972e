import { storm as mappings } from "../stress/mappings_storm.ts";
import { storm as kills } from "../stress/pool_storm.ts";
import { storm as pools } from "../stress/pools_storm.ts";
import { storm as whims } from "../stress/whims_storm.ts";
import { rage } from "../stress/storm.ts";
import { test } from "../support/harness.ts";

test("every result of a pool comes right, and once, in two seconds in which its workers are killed", async () => {
  await rage(kills, 2, 20_261_126, { kills: 3, results: 101 });
});

test("twenty pools that come and go leave memory, descriptors and owner slots as they were", async () => {
  await rage(pools, 0, 20_261_127, { pools: 20, kills: 2 });
});

test("a hundred mappings of random items and options keep what they promise", async () => {
  await rage(mappings, 0, 20_261_128, { mappings: 100, deaths: 5 });
});

test("every call settles and every pool ends, whatever is given up in six pools, and whenever", async () => {
  await rage(whims, 0, 20_261_129, { pools: 6 });
});
