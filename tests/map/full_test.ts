import { assert, assertEquals } from "@std/assert";
import { Process, sharedArray, sharedMap } from "../../mod.ts";
import { fillUp } from "../fixtures/map/maps.ts";
import { makeMemoryGroup } from "../fixtures/shared/memory_group.ts";
import { test } from "../support/harness.ts";
import "../support/shared_memory.ts";

const LIMIT = 256 * 2 ** 20;

const probe = makeMemoryGroup(LIMIT);
probe?.remove();
const reason = "this process may not make a control group";
const ignore = probe === undefined ? { deno: reason, bun: reason, node: reason } : {};

test(
  "a full machine is an OutOfMemoryError of set(), which changes nothing",
  { ignore },
  async () => {
    const group = makeMemoryGroup(LIMIT)!;
    try {
      using map = sharedMap<number, Uint8Array>();
      using go = sharedArray("i", 1);
      const child = new Process(fillUp, { args: [map, go] }).start();
      group.add(child.pid!);
      Atomics.store(go, 0, 1);
      const { count, ...rest } = await child.result;
      await child.join();
      assertEquals(rest, { error: "OutOfMemoryError", isWhole: true, isUsable: true });
      assert(count > 1000, `there were ${count} entries`);
    } finally {
      group.remove();
    }
  },
);
