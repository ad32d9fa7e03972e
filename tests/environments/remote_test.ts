import { assertEquals } from "@std/assert";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { test } from "../support/harness.ts";
import { inFolder, run } from "./program.ts";
import { type Registry, startRegistry } from "./registry.ts";

const DENO_ONLY = {
  bun: "it loads no modules from servers",
  node: "it loads no modules from servers",
};

/** Everything that is found in a child by an address of the package: its entry, its worker, its classes. */
const PROGRAM = `
  import {
    type DictProxy, Event, Lock, Manager, Pool, Process, Queue, sharedArray, type SharedMap, sharedMap, SharedValue, task,
  } from "@x/mp";
  import { add } from "lib/numbers.ts";

  export class Adder extends Process<never, number> {
    n = 41;
    override run(): number { return add(this.n) - 2; }
  }
  export async function relay(
    from: Queue<number>, to: Queue<number>, lock: Lock, sum: SharedValue, ready: Event,
  ): Promise<void> {
    ready.set();
    for await (const n of from) {
      using _held = await lock.acquire();
      sum.value += n;
      await to.put(add(n));
    }
  }
  export function keep(map: SharedMap<string, number>, xs: Int32Array): void {
    xs[0] = 7;
    map.setSync("seven", xs[0]);
  }
  export async function put(dict: DictProxy<string, number>): Promise<void> {
    await dict.set("a", 1);
  }
  const twice = task(import.meta, (n: number): number => 2 * add(n));

  if (import.meta.main) {
    console.log(await new Process(add, { args: [1] }).start().result, await new Adder().start().result);
    const [from, to, sum, ready] = [new Queue<number>(), new Queue<number>(), new SharedValue("i"), new Event()];
    const relays = [1, 2].map(() => new Process(relay, { args: [from, to, new Lock(), sum, ready] }).start());
    await ready.wait();
    for (const n of [1, 2, 3]) await from.put(n);
    from.close();
    for (const process of relays) await process.join();
    console.log(sum.value, (await Promise.all([to.get(), to.get(), to.get()])).sort().join());
    const [map, xs] = [sharedMap<string, number>(), sharedArray("i", 1)];
    await new Process(keep, { args: [map, xs] }).start().join();
    console.log(xs[0], await map.get("seven"));
    await using manager = new Manager();
    const dict = manager.dict<string, number>();
    await new Process(put, { args: [dict] }).start().join();
    console.log(await dict.get("a"), await dict.size());
    await using pool = new Pool(1);
    console.log((await pool.map(add, [2, 3])).join(), (await pool.map(twice, [1])).join());
  }
`;

const SAYS = "4 42\n6 4,5,6\n7 7\n1 1\n5,6 8\n";

for (const kind of ["specifier", "plain"] as const) {
  const what = kind === "specifier" ? "from JSR" : "from a server";
  test(`a package that was loaded ${what} starts children`, { ignore: DENO_ONLY }, async () => {
    const registry: Registry = await startRegistry();
    await inFolder(async (folder) => {
      const imports = { "@x/mp": registry[kind], "lib/": "./" };
      writeFileSync(`${folder}/deno.json`, JSON.stringify({ imports, lock: false }));
      writeFileSync(
        `${folder}/numbers.ts`,
        "const base = [3]; export const add = (n: number) => n + base[0];",
      );
      writeFileSync(`${folder}/main.ts`, PROGRAM);
      // From another folder: the configuration is found by the script, not by where it was called.
      const { code, stdout, stderr } = await run(
        process.execPath,
        [
          "run",
          kind === "specifier" ? "--check" : "--no-check",
          "--allow-ffi",
          "--allow-run",
          "--allow-import",
          "-q",
          `${folder}/main.ts`,
        ],
        { cwd: "/", env: { DENO_DIR: `${folder}/cache`, JSR_URL: registry.url } },
      );
      assertEquals([code, stdout, stderr], [0, SAYS, ""]);
    });
    await registry.close();
  });
}
