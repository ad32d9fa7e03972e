/**
 * A program of a user's that starts processes; beside each of its functions there is a bare program that
 * does the same. It is JavaScript, as the package is: what Node needs to read types would be in both figures.
 * What it needs to measure it loads where it measures: its children, that import it too, measure nothing.
 */
// Not `process` on Deno, where the first look at it loads what the bare program does not.
const { Process, isMainProcess } = await import(
  globalThis.Deno?.env.get("X_MP_BENCH_MODULE") ?? globalThis.process.env.X_MP_BENCH_MODULE
);

/** Beside `empty.mjs`. */
export function nothing() {}

/** Beside `first.mjs`. */
export function first() {
  return performance.timeOrigin + performance.now();
}

/** Beside `idle.mjs`. */
export function idle() {
  setInterval(() => {}, 1_000);
  console.log("ready");
  return new Promise(() => {});
}

const measuring = isMainProcess()
  ? { ...await import("node:child_process"), ...await import("node:fs") }
  : undefined;

/** Starts the bare runtime for a file, with the flags that the processes have. */
function bare(file, stdout = "ignore") {
  const flags = globalThis.Deno ? ["run", "-A", "--no-config"] : process.execArgv;
  const path = new URL(file, import.meta.url).pathname;
  return measuring.spawn(process.execPath, [...flags, path], {
    stdio: ["ignore", stdout, "inherit"],
  });
}

const exit = (child) => new Promise((resolve) => child.once("close", resolve));

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The memory of a process that is idle, in MiB: what is resident, and what it has written to. */
async function memoryOf(pid) {
  // Engines tidy up for a while.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const text = measuring.readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const kibibytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)[1]);
  return { resident: kibibytes("Rss") / 1024, written: kibibytes("Private_Dirty") / 1024 };
}

const ways = {
  "start to end, doing nothing (ms)": {
    ours: () => timed(() => new Process(nothing).start().join()),
    bare: () => timed(() => exit(bare("empty.mjs"))),
  },
  "start to the first statement (ms)": {
    async ours() {
      const begun = first();
      const child = new Process(first).start();
      const at = await child.result;
      await child.join();
      return at - begun;
    },
    async bare() {
      const begun = first();
      const child = bare("first.mjs", "pipe");
      let text = "";
      child.stdout.on("data", (data) => text += data);
      await exit(child);
      return Number(text) - begun;
    },
  },
};

const memory = {
  async ours() {
    const child = new Process(idle, { stdout: "piped" }).start();
    const reader = child.stdout.getReader();
    await reader.read();
    const found = await memoryOf(child.pid);
    child.kill();
    await reader.cancel().catch(() => {});
    await child.join();
    return found;
  },
  async bare() {
    const child = bare("idle.mjs", "pipe");
    await new Promise((resolve) => child.stdout.once("data", resolve));
    const found = await memoryOf(child.pid);
    child.kill("SIGKILL");
    await exit(child);
    return found;
  },
};

/** @type {Record<string, { ours: number[], bare: number[] }>} */
const figures = {};

function note(what, who, value) {
  (figures[what] ??= { ours: [], bare: [] })[who].push(value);
}

if (isMainProcess()) {
  const rounds = Number(process.argv[2]);
  const atOnce = Number(process.argv[3]);
  for (let round = -1; round < rounds; round++) {
    for (const who of round % 2 === 0 ? ["ours", "bare"] : ["bare", "ours"]) {
      for (const [what, way] of Object.entries(ways)) {
        const value = await way[who]();
        // The first round is for what is loaded once.
        if (round >= 0) note(what, who, value);
      }
      if (round >= 0 && round < 3) {
        for (const [what, value] of Object.entries(await memory[who]())) {
          note(`memory of an idle one, ${what} (MiB)`, who, value);
        }
      }
    }
  }
  for (const who of ["bare", "ours"]) {
    const all = Array.from({ length: atOnce }, () => ways["start to end, doing nothing (ms)"][who]);
    note(
      `${atOnce} at once (ms)`,
      who,
      await timed(() => Promise.all(all.map((start) => start()))),
    );
  }
  console.log(JSON.stringify(figures));
}
