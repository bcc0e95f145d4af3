import { join } from "node:path";
import { PapyraError } from "../../lib/errors.ts";
import type { VolumeFinding } from "../../lib/model/volume_report.ts";
import { startProcess } from "../../lib/cli/self_command.ts";
import { nativeFileSystem } from "../../lib/storage/native/native_file_system.ts";
import type { Check, CheckContext } from "../../lib/volume/check.ts";
import { ok } from "../../lib/model/finding.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "../_assert.ts";
import { diskError } from "../storage/disk_error.ts";
import { inTempDirectory, tempTest } from "../_temp.ts";
import { startHelper, tryCheck } from "./_run.ts";

function checkOf(run: (context: CheckContext) => Promise<VolumeFinding>): Check {
  return { name: "tried", isNeeded: true, share: 0.5, run };
}

/** A check that throws. */
function throwing(error: unknown): Check {
  return checkOf(() => Promise.reject(error));
}

tempTest("what a check finds carries its name", async (directory) => {
  const finding = await tryCheck(
    checkOf(() => Promise.resolve(ok("well", { count: 1 }))),
    directory,
  );
  assertEquals(finding, { check: "tried", ...ok("well", { count: 1 }) });
});

tempTest("an error of the disk is a finding, in words", async (directory) => {
  const { result, supports, reason } = await tryCheck(throwing(diskError("EIO")), directory);
  assertEquals([result, supports], ["failed", "none"]);
  assertStringIncludes(reason, "the disk reported an error");
  const noLocks = new PapyraError("LOCK_UNSUPPORTED", "no flock here");
  assertEquals((await tryCheck(throwing(noLocks), directory)).reason, "no flock here");
});

tempTest("a full disk and a defect are no findings", async (directory) => {
  for (const error of [diskError("ENOSPC"), diskError("EDQUOT"), new TypeError("defect")]) {
    assertEquals(await assertRejects(() => tryCheck(throwing(error), directory)), error);
  }
});

tempTest("a check gets its share of the time", async (directory) => {
  const elapsed: number[] = [];
  const check = checkOf(async ({ goOn, durationMs }) => {
    while (goOn()) await Promise.resolve();
    return ok(String(durationMs));
  });
  const start = performance.now();
  const { reason } = await tryCheck(check, directory, {
    durationMs: 100,
    onElapsed: (elapsedMs) => elapsed.push(elapsedMs),
  });
  assertEquals([reason, elapsed.at(-1)], ["50", 50]);
  assert(performance.now() - start >= 50);
});

tempTest("a check that gets no answer ends as unknown", async (directory) => {
  const check = checkOf(() => new Promise(() => {}));
  const { result, reason } = await tryCheck(check, directory, { timeoutMs: 50 });
  assertEquals(result, "unknown");
  assertStringIncludes(reason, "no answer within 0.05 s");
});

tempTest("a signal stops a check, and its second process with it", async (directory) => {
  const controller = new AbortController();
  let kill: Promise<void> | undefined;
  const stopped = tryCheck(
    checkOf(async ({ fileSystem, start, scratch }) => {
      const path = `${scratch}/file`;
      await (await fileSystem.open(path, { access: "append", createExclusively: true })).close();
      await start("hold-lock", path, "exclusive").hear("locked");
      controller.abort();
      return await new Promise(() => {});
    }),
    directory,
    {
      signal: controller.signal,
      startHelper: (role) => {
        const helper = startHelper(role);
        return { ...helper, kill: () => kill ??= helper.kill() };
      },
    },
  );
  assertEquals((await assertRejects(() => stopped, PapyraError)).code, "ABORTED");
  await kill;
  assert(kill !== undefined, "the process goes on");
});

tempTest("a second process ends with its check", async (directory) => {
  const path = join(directory, "file");
  const open = (createExclusively: boolean) =>
    nativeFileSystem.open(path, { access: "append", lockable: true, createExclusively });
  await (await open(true)).close();
  const check = checkOf(async ({ start }) => {
    await start("hold-lock", path, "exclusive").hear("locked");
    return ok("");
  });
  await tryCheck(check, directory);
  const file = await open(false);
  assert(file.tryLock("exclusive"), "it goes on");
  await file.close();
});

tempTest("a signal that has fired before keeps a check from beginning", async (directory) => {
  let isRun = false;
  const check = checkOf(() => {
    isRun = true;
    return Promise.resolve(ok(""));
  });
  const signal = AbortSignal.abort();
  assertEquals(
    (await assertRejects(() => tryCheck(check, directory, { signal }), PapyraError)).code,
    "ABORTED",
  );
  assert(!isRun);
});

const LOCKING = checkOf(async ({ start }) => {
  await start("hold-lock", "/nowhere/at/all", "shared").hear("locked");
  return ok("");
});

/** Second processes that do not do their part, and what is said of that. */
const UNWILLING: {
  readonly [what: string]: readonly [reason: RegExp, command: string, ...args: string[]];
} = {
  "cannot be started": [/take part: .*ENOENT/, "/nowhere/papyra"],
  "ends at once": [/take part: the second process ended before/, "false"],
  "says something else": [/take part: the second process said "hello"/, "echo", "hello"],
};

for (const [what, [expected, command, ...args]] of Object.entries(UNWILLING)) {
  Deno.test(`a second process that ${what} leaves the check unknown`, () =>
    inTempDirectory(async (directory) => {
      const { result, supports, reason, next } = await tryCheck(LOCKING, directory, {
        startHelper: () => startProcess(command, args),
      });
      assertMatch(reason, expected);
      assertEquals([result, supports], ["unknown", null]);
      assert(next !== "");
    }));
}

tempTest("what the second process meets on the disk is a finding", async (directory) => {
  const { result, reason } = await tryCheck(LOCKING, directory);
  assertEquals(result, "failed");
  assertStringIncludes(reason, "there is no such file or directory (ENOENT)");
});
