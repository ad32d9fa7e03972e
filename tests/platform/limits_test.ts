import { assertEquals } from "@std/assert";
import { availableMemory } from "../../src/platform/available.ts";
import { SmallFiles } from "../../src/platform/files.ts";
import { groupFolders } from "../../src/platform/groups.ts";
import { bindLibc, type Libc } from "../../src/platform/libc.ts";
import { processors } from "../../src/platform/processors.ts";
import { test } from "../support/harness.ts";
import { fakeRuntime } from "./fake_runtime.ts";

type Files = Readonly<Record<string, string>>;

const GIBIBYTE = 2 ** 30;
const meminfo = {
  "/proc/meminfo": "MemTotal:  99999999 kB\nMemFree: 1 kB\nMemAvailable:    8388608 kB\n",
};

/** A machine with these files and `mask` as the processors that this process may use. */
function machine(files: Files, mask: readonly number[] = [0xff]): [Libc, SmallFiles] {
  const { runtime } = fakeRuntime({
    files,
    functions: {
      sched_getaffinity(_pid, _length, bytes) {
        (bytes as Uint8Array).set(mask);
        return 0;
      },
    },
  });
  const libc = bindLibc(runtime);
  return [libc, new SmallFiles(libc)];
}

test("groupFolders() lists the groups of a process up to the root", () => {
  const [, files] = machine({ "/proc/self/cgroup": "0::/user.slice/app.scope\n" });
  assertEquals(groupFolders(files, "memory"), [
    "/sys/fs/cgroup/user.slice/app.scope",
    "/sys/fs/cgroup/user.slice",
    "/sys/fs/cgroup",
  ]);
});

test("groupFolders() knows both versions, and what a container sees of them", () => {
  const text = "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n1:name=systemd:/a:b\n0::/\n";
  const [, files] = machine({ "/proc/self/cgroup": text });
  assertEquals(groupFolders(files, "memory"), [
    "/sys/fs/cgroup",
    "/sys/fs/cgroup/memory/docker/abc",
    "/sys/fs/cgroup/memory/docker",
    "/sys/fs/cgroup/memory",
  ]);
  assertEquals(groupFolders(files, "cpu"), [
    "/sys/fs/cgroup",
    "/sys/fs/cgroup/cpu,cpuacct/docker/abc",
    "/sys/fs/cgroup/cpu,cpuacct/docker",
    "/sys/fs/cgroup/cpu,cpuacct",
    "/sys/fs/cgroup/cpu/docker/abc",
    "/sys/fs/cgroup/cpu/docker",
    "/sys/fs/cgroup/cpu",
  ]);
});

test("groupFolders() of a process without groups is empty", () => {
  const [, files] = machine({});
  assertEquals(groupFolders(files, "cpu"), []);
});

const memories: Record<string, [files: Files, gibibytes: number]> = {
  "without groups is the machine's": [meminfo, 8],
  "of a machine that does not tell is not bounded": [{}, Infinity],
  "counts free swap": [
    { "/proc/meminfo": "MemAvailable: 8388608 kB\nSwapFree: 1048576 kB\n" },
    9,
  ],
  "in a group without a limit is the machine's": [{
    ...meminfo,
    "/proc/self/cgroup": "0::/a\n",
    "/sys/fs/cgroup/a/memory.max": "max\n",
    "/sys/fs/cgroup/a/memory.current": "123\n",
  }, 8],
  "in a group is what its limit leaves": [{
    ...meminfo,
    "/proc/self/cgroup": "0::/a/b\n",
    "/sys/fs/cgroup/a/b/memory.max": `${4 * GIBIBYTE}\n`,
    "/sys/fs/cgroup/a/b/memory.current": `${1 * GIBIBYTE}\n`,
    "/sys/fs/cgroup/a/memory.max": `${5 * GIBIBYTE}\n`,
    "/sys/fs/cgroup/a/memory.current": `${3 * GIBIBYTE}\n`,
  }, 2],
  "counts the idle cache of files of a group": [{
    ...meminfo,
    "/proc/self/cgroup": "0::/\n",
    "/sys/fs/cgroup/memory.max": `${4 * GIBIBYTE}\n`,
    "/sys/fs/cgroup/memory.current": `${4 * GIBIBYTE}\n`,
    "/sys/fs/cgroup/memory.stat": `anon 1\nactive_file 5\ninactive_file ${3 * GIBIBYTE}\n`,
  }, 3],
  "in a group of version 1 is what its limit leaves": [{
    ...meminfo,
    "/proc/self/cgroup": "4:memory:/docker/abc\n0::/\n",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": `${2 * GIBIBYTE}\n`,
    "/sys/fs/cgroup/memory/memory.usage_in_bytes": `${1 * GIBIBYTE}\n`,
  }, 1],
  "in a group of version 1 without a limit is the machine's": [{
    ...meminfo,
    "/proc/self/cgroup": "4:memory:/\n",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    "/sys/fs/cgroup/memory/memory.usage_in_bytes": "123\n",
  }, 8],
  "is never less than nothing": [{
    ...meminfo,
    "/proc/self/cgroup": "0::/\n",
    "/sys/fs/cgroup/memory.max": `${1 * GIBIBYTE}\n`,
    "/sys/fs/cgroup/memory.current": `${2 * GIBIBYTE}\n`,
  }, 0],
};
for (const [fact, [files, gibibytes]] of Object.entries(memories)) {
  test(`available memory ${fact}`, () => {
    assertEquals(availableMemory(machine(files)[1]), gibibytes * GIBIBYTE);
  });
}

const quotas: Record<string, [files: Files, mask: number[], count: number]> = {
  "are those of the affinity mask": [{}, [0b1011, 0, 0x80], 4],
  "are at least one": [{}, [0], 1],
  "are what a quota pays for, rounded up": [
    {
      "/proc/self/cgroup": "0::/\n",
      "/sys/fs/cgroup/cpu.max": "150000 100000\n",
    },
    [0xff],
    2,
  ],
  "are those of the mask if the quota is larger": [
    {
      "/proc/self/cgroup": "0::/\n",
      "/sys/fs/cgroup/cpu.max": "900000 100000\n",
    },
    [0b11],
    2,
  ],
  "are not bounded by a quota of max": [
    {
      "/proc/self/cgroup": "0::/\n",
      "/sys/fs/cgroup/cpu.max": "max 100000\n",
    },
    [0xff],
    8,
  ],
  "are what the tightest group pays for": [
    {
      "/proc/self/cgroup": "0::/a/b\n",
      "/sys/fs/cgroup/a/b/cpu.max": "400000 100000\n",
      "/sys/fs/cgroup/a/cpu.max": "20000 100000\n",
    },
    [0xff],
    1,
  ],
  "are what a group of version 1 pays for": [
    {
      "/proc/self/cgroup": "5:cpu,cpuacct:/docker/abc\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "300000\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    },
    [0xff],
    3,
  ],
  "are not bounded by a quota of -1": [
    {
      "/proc/self/cgroup": "5:cpu:/\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    },
    [0xff],
    8,
  ],
};
for (const [fact, [files, mask, count]] of Object.entries(quotas)) {
  test(`processors ${fact}`, () => {
    assertEquals(processors(...machine(files, mask)), count);
  });
}

test("there is one processor if the kernel does not tell", () => {
  const { runtime } = fakeRuntime({ functions: { sched_getaffinity: () => -1 } });
  const libc = bindLibc(runtime);
  assertEquals(processors(libc, new SmallFiles(libc)), 1);
});
