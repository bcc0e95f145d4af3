import { setTimeout } from "node:timers/promises";
import type { VolumeFacts } from "../../../lib/model/volume_report.ts";
import { nativeFileSystem } from "../../../lib/storage/native/native_file_system.ts";
import { CHECKS } from "../../../lib/volume/check_volume.ts";
import type { Check } from "../../../lib/volume/check.ts";
import { judgeFileSystem } from "../../../lib/volume/checks/file_system_type.ts";
import { judgeLatencies } from "../../../lib/volume/checks/sync_latency.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../../_assert.ts";
import { inTempDirectory, tempTest } from "../../_temp.ts";
import { withAlteredFiles } from "../../storage/altered.ts";
import { diskError } from "../../storage/disk_error.ts";
import { FACTS, tryCheck } from "../_run.ts";
import { LIES, withIdentities } from "../_lies.ts";

function checkNamed(name: string): Check {
  return CHECKS.find((check) => check.name === name)!;
}

for (const check of CHECKS.filter(({ name }) => name !== "full_volume")) {
  tempTest(`${check.name} is fine on a file system that is`, async (directory) => {
    // How long a sync takes on this machine is not for a test to say.
    const fileSystem = check.name === "sync"
      ? withAlteredFiles(() => ({ syncData: () => setTimeout(1) }))
      : nativeFileSystem;
    const { result, reason, supports, next } = await tryCheck(check, directory, { fileSystem });
    assertEquals([result, supports, next], ["ok", "always", ""], reason);
  });
}

for (const [what, { check, fileSystem, reason }] of Object.entries(LIES)) {
  tempTest(`${check} finds ${what}`, async (directory) => {
    const finding = await tryCheck(checkNamed(check), directory, { fileSystem });
    assertEquals([finding.result, finding.supports], ["failed", "none"], finding.reason);
    assertMatch(finding.reason, reason);
    assert(finding.next !== "");
  });
}

Deno.test("every check that is needed has a lie that it finds", () => {
  const found = new Set(Object.values(LIES).map(({ check }) => check));
  const needed = CHECKS.filter(({ isNeeded }) => isNeeded).map(({ name }) => name);
  assertEquals(needed.filter((name) => !found.has(name)), []);
});

tempTest("a volume without hard links is warned of", async (directory) => {
  const fileSystem = {
    ...nativeFileSystem,
    link: () => Promise.reject(diskError("EPERM")),
  };
  const { result, supports } = await tryCheck(checkNamed("hard_links"), directory, { fileSystem });
  assertEquals([result, supports], ["warning", "always"]);
});

tempTest(
  "a volume that gives a new file the old one's identity is warned of",
  async (directory) => {
    const fileSystem = withIdentities(() => "1-2-0");
    const { result, supports } = await tryCheck(checkNamed("file_identity"), directory, {
      fileSystem,
    });
    assertEquals([result, supports], ["warning", "always"]);
  },
);

/** Latencies of a sync, in seconds, and what they mean. */
const LATENCIES: readonly (readonly [seconds: number, result: string, supports: string])[] = [
  [0.000_01, "warning", "always"],
  [0.000_1, "ok", "always"],
  [0.02, "ok", "always"],
  [0.2, "warning", "always"],
  [1.5, "failed", "interval"],
];

for (const [seconds, result, supports] of LATENCIES) {
  Deno.test(`a sync of ${seconds} s: ${result}, supports ${supports}`, () => {
    const finding = judgeLatencies([seconds, seconds, seconds, seconds * 4]);
    assertEquals([finding.result, finding.supports], [result, supports]);
    assertEquals(finding.figures, {
      count: 4,
      batchBytes: 4096,
      p50Seconds: seconds,
      p99Seconds: seconds * 4,
      maxSeconds: seconds * 4,
    });
  });
}

Deno.test("one slow sync among many is told and changes nothing", () => {
  const { result, reason } = judgeLatencies([...Array<number>(99).fill(0.001), 3]);
  assertEquals(result, "ok");
  assertStringIncludes(reason, "1 ms (p50), 1 ms (p99), at most 3000 ms of 100");
});

Deno.test("where there is no disk, nobody wonders how fast it is", () => {
  assertEquals(judgeLatencies([0.000_01], false).result, "ok");
});

/** Types of file systems and options, and what they mean. */
const TYPES: readonly (readonly [type: string | null, options: string, result: string])[] = [
  ["ext4", "rw,relatime", "ok"],
  ["xfs", "rw,noatime", "ok"],
  ["btrfs", "rw", "ok"],
  ["ext4", "rw,nobarrier", "warning"],
  ["ext4", "rw,barrier=0", "warning"],
  ["nfs4", "rw,local_lock=none", "warning"],
  ["nfs", "rw,nolock", "warning"],
  ["cifs", "rw", "warning"],
  ["fuse.sshfs", "rw", "warning"],
  ["fuseblk", "rw", "warning"],
  ["virtiofs", "rw", "warning"],
  ["overlay", "rw,upperdir=/x", "warning"],
  ["overlay", "rw,volatile", "failed"],
  ["overlay", "rw,uuid=on,fsync=volatile", "failed"],
  ["tmpfs", "rw", "failed"],
  ["ramfs", "rw", "failed"],
  [null, "", "unknown"],
];

for (const [type, options, result] of TYPES) {
  Deno.test(`${type ?? "a file system without a name"} with ${options || "nothing"}: ${result}`, () => {
    const finding = judgeFileSystem({ ...FACTS, type, options: options.split(",") });
    assertEquals(finding.result, result);
    const supports = { ok: "always", warning: "always", failed: "os", unknown: null };
    assertEquals(finding.supports, supports[finding.result]);
    assertEquals(finding.next !== "" || result === "unknown", result !== "ok");
  });
}

/** Volumes with little room. */
const LOW: { readonly [what: string]: Partial<VolumeFacts> } = {
  "few bytes": { freeBytes: 1024 },
  "a small share of its bytes": { freeBytes: 2 ** 30 },
  "few files": { freeFiles: 10 },
};

for (const [what, facts] of Object.entries(LOW)) {
  Deno.test(`a volume with ${what} free is warned of`, () =>
    inTempDirectory(async (directory) => {
      const { result, next } = await tryCheck(checkNamed("space"), directory, {
        facts: { ...FACTS, ...facts },
      });
      assertEquals(result, "warning");
      assertStringIncludes(next, "free space");
    }));
}

tempTest("a volume that counts no files has enough of them", async (directory) => {
  const { result, reason } = await tryCheck(checkNamed("space"), directory, {
    facts: { ...FACTS, freeFiles: null },
  });
  assertEquals([result, reason], ["ok", "50 GiB of 100 GiB are free"]);
});

tempTest("a folder that an earlier run left behind is named", async (directory) => {
  const [own, old] = [`${directory}/.papyra-scratch-own`, `${directory}/.papyra-scratch-old`];
  for (const path of [own, old]) await Deno.mkdir(path);
  const { result, reason } = await tryCheck(checkNamed("leftovers"), own);
  assertEquals(result, "warning");
  assertMatch(reason, /^\.papyra-scratch-old: /);
});

tempTest("what a full volume does is never tried, and said so", async (directory) => {
  const { result, supports, reason } = await tryCheck(checkNamed("full_volume"), directory);
  assertEquals([result, supports], ["unknown", null]);
  assertStringIncludes(reason, "not tried");
});
