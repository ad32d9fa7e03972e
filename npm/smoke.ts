/** Uses the built package on each runtime, as its users would. */

import older from "../tests/gate/older.json" with { type: "json" };
import { inLanes } from "../tests/gate/lanes.ts";
import { cache } from "../tests/gate/paths.ts";
import type { Totals } from "../tests/gate/report.ts";
import { run } from "../tests/gate/run.ts";
import { fetchPackages, locate, nodePackage } from "../tests/gate/runtimes.ts";
import { COMMAND, makeUser } from "./user.ts";

/** A program of the user's folder and what it must say. */
interface Program {
  readonly args: readonly string[];
  readonly says: RegExp;
}

/** A runtime, and how it is told to run a file. */
interface Runner {
  readonly name: string;
  readonly program: string;
  readonly flags: readonly string[];
}

const DONE = /^done$/;
const LEAVE_OUT = /Cannot start a process: .*keep the package out of the bundle/;
const EXPORT_IT = /"base" is not defined in function "add".*export it, or register it with task\(/;
// A minifier has renamed what is missing.
const EXPORT_BUNDLED =
  /"\w+" is not defined in function "add".*export it, or register it with task/;

const programs: readonly Program[] = [
  { args: ["app.ts"], says: DONE },
  { args: ["app.js"], says: DONE },
  { args: ["bundle/app.mjs"], says: DONE },
  { args: ["bundle/one_file.mjs"], says: DONE },
  { args: ["bundle/app_whole.mjs"], says: LEAVE_OUT },
  { args: ["library.js"], says: DONE },
  { args: ["hidden.ts"], says: EXPORT_IT },
  { args: ["bundle/hidden.mjs"], says: EXPORT_BUNDLED },
  { args: [`node_modules/.bin/${COMMAND}`], says: DONE },
];

/** Packs, installs and runs; says what failed. */
export async function smoke(dist: string): Promise<Totals> {
  const bun = await locate("bun");
  if ("reason" in bun) {
    console.log(`   SKIPPED, Bun packs and installs the package: ${bun.reason}`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const user = await Deno.makeTempDir({ prefix: "mp-npm-user-" });
  try {
    await makeUser(bun.program, dist, user);
    const runners = await findRunners(user, () => totals.skipped++);
    const jobs = runners.flatMap((runner) => programs.map((program) => ({ runner, program })));
    jobs.push({
      runner: { name: "bunx", program: bun.program, flags: ["x", "--bun", "--no-install"] },
      program: { args: [COMMAND], says: DONE },
    });
    await inLanes(jobs, 2, async ({ runner, program }) => {
      const { output } = await run(runner.program, [...runner.flags, ...program.args], {
        cwd: user,
        timeout: 60_000,
      });
      return output.trim();
    }, ({ runner, program }, output) => {
      if (program.says.test(output)) totals.passed++;
      else {
        totals.failed++;
        console.log(`   FAILED ${runner.name} ${program.args.join(" ")}\n${output}`);
      }
    });
  } finally {
    await Deno.remove(user, { recursive: true });
  }
  return totals;
}

async function findRunners(user: string, onMissing: () => void): Promise<Runner[]> {
  const flags = {
    deno: ["run", "-A", "--quiet"],
    bun: [],
    node: ["--disable-warning=ExperimentalWarning"],
  };
  const found: Runner[] = [];
  for (const name of ["deno", "bun", "node"] as const) {
    const located = await locate(name);
    if ("program" in located) found.push({ name, program: located.program, flags: flags[name] });
    else onMissing();
  }
  for (const version of older.node) {
    const folder = `${cache}runtimes/node-${version}-koffi-${older.koffi}`;
    const packages = { [nodePackage.name]: version, koffi: older.koffi };
    if (await fetchPackages(folder, packages) !== undefined) {
      onMissing();
      continue;
    }
    const program = `${folder}/node_modules/${nodePackage.name}/${nodePackage.program}`;
    found.push({ name: `Node ${version}`, program, flags: flags.node });
    // The one koffi serves all Nodes; what it needs lies where this link leads.
    const link = `${user}/node_modules/koffi`;
    await Deno.symlink(`${folder}/node_modules/koffi`, link).catch(() => {});
  }
  return found;
}
