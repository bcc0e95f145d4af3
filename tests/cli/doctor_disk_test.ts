import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { EXIT } from "../../lib/cli/exit_codes.ts";
import { main } from "../../lib/cli/main.ts";
import { cliTest, endOf, papyra, papyraOk, spawnPapyra } from "./_papyra.ts";
import { fakeTerminal } from "./_terminal.ts";

// What every machine has to do; types of file systems and latencies are as they are.
const SOUND = [
  "leftovers",
  "exclusive_create",
  "directory_sync",
  "file_identity",
  "hard_links",
  "locks",
  "atomic_rename",
  "append",
  "killed_writer",
];
const QUICKLY = ["--duration", "200ms"];
const HELPER = "doctor-disk-helper";

function namesIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}

/** The ids of the processes that work in `directory` for `role`. */
function helpersIn(directory: string, role = ""): number[] {
  return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter((pid) => {
    try {
      const line = Deno.readTextFileSync(`/proc/${pid}/cmdline`);
      return line.includes(`${HELPER}\0${role}`) && line.includes(directory);
    } catch {
      return false;
    }
  });
}

async function until(isMet: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!isMet()) {
    assert(Date.now() < deadline, "it does not come to that");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

cliTest("doctor disk tries everything, with a second process that is papyra", async (directory) => {
  const args = ["doctor", "disk", "--path", ".", ...QUICKLY];
  const { code, stdout, stderr } = await papyra(args, { cwd: directory });
  assertEquals(stderr, "");
  for (const check of SOUND) assertMatch(stdout, new RegExp(`^ok +${check}: `, "m"));
  assertMatch(stdout, /^unknown +full_volume: .* not tried/m);
  assertMatch(stdout, /sync: a write with its sync takes [\d.]+ ms \(p50\), [\d.]+ ms \(p99\)/);
  assertMatch(stdout, /^not told +whether a disk, its controller/m);
  assertMatch(stdout.trimEnd().split("\n").at(-1)!, /^This volume supports durability /);
  assertEquals(code, stdout.includes("supports durability always") ? 0 : 1);
  assertEquals(namesIn(directory), []);
});

cliTest("doctor disk --json tells the same to programs", async (directory) => {
  const { code, stdout } = await papyra(["doctor", "disk", "--path", directory, "--json"]);
  const report = JSON.parse(stdout);
  assertEquals(report.schema, "papyra.doctor-disk/v1");
  assertEquals([report.path, report.asked], [await Deno.realPath(directory), "always"]);
  assertEquals(report.is_fit, report.durability === "always");
  assertEquals(code, report.is_fit ? 0 : 1);
  const results = new Map(report.checks.map((check: { check: string; result: string }) => [
    check.check,
    check.result,
  ]));
  for (const check of SOUND) assertEquals([check, results.get(check)], [check, "ok"]);
  const sync = report.checks.find(({ check }: { check: string }) => check === "sync").figures;
  assert(sync.count >= 3 && sync.p50_seconds <= sync.p99_seconds);
  assert(sync.p99_seconds <= sync.max_seconds);
  assertEquals(namesIn(directory), []);
});

cliTest("doctor disk --quiet says nothing of a disk that is fit", async (directory) => {
  const args = ["doctor", "disk", "--path", directory, "--durability", "os", "--quiet"];
  assertEquals(await papyraOk([...args, ...QUICKLY]), "");
});

cliTest("doctor disk finds out nothing in a place that is none", async (directory) => {
  const file = join(directory, "events.ndjson");
  await Deno.writeTextFile(file, "");
  const places = [
    [join(directory, "none"), "there is no such file or directory (ENOENT)"],
    [file, "it is not a directory; name that of the store"],
  ] as const;
  for (const [path, reason] of places) {
    assertEquals(await papyra(["doctor", "disk", "--path", path]), {
      code: 74,
      stdout: "",
      stderr: `papyra: Cannot check the volume of "${path}": ${reason}\n`,
    });
  }
  const { code, stdout } = await papyra(["doctor", "disk", "--path", file, "--json"]);
  const { schema, code: name, exit_code } = JSON.parse(stdout);
  assertEquals([code, schema, name, exit_code], [74, "papyra.error/v1", "IO_ERROR", 74]);
  assertEquals((await papyra(["doctor", "disk"])).code, 64);
  const asked = ["doctor", "disk", "--path", directory, "--durability", "sometimes"];
  assertEquals((await papyra(asked)).code, 64);
});

/** Moments to stop it at: by what can be seen of it then. */
const MOMENTS: { readonly [when: string]: (directory: string) => boolean } = {
  "as soon as it has a scratch folder": (directory) => namesIn(directory).length > 0,
  "while another process reads": (directory) => helpersIn(directory, "read-replaced").length > 0,
};

for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  for (const [when, isReached] of Object.entries(MOMENTS)) {
    cliTest(`${signal} ends doctor disk ${when}, with nothing left behind`, async (directory) => {
      const child = spawnPapyra(["doctor", "disk", "--path", directory, "--duration", "4s"]);
      await child.stdin.close();
      await until(() => isReached(directory));
      child.kill(signal);
      assertEquals(await endOf(child), {
        code: expected,
        stdout: "",
        stderr: `papyra: Stopped by ${signal}\n`,
        isKilled: false,
      });
      assertEquals([namesIn(directory), helpersIn(directory)], [[], []]);
    });
  }
}

cliTest("doctor disk --timeout ends it, with nothing left behind", async (directory) => {
  const limits = ["--duration", "60s", "--timeout", "1s"];
  const { code, stdout, stderr } = await papyra(["doctor", "disk", "--path", directory, ...limits]);
  assertEquals([code, stdout], [13, ""]);
  assertStringIncludes(stderr, "the time limit of 1s passed");
  assertEquals([namesIn(directory), helpersIn(directory)], [[], []]);
});

cliTest("a second process that somebody kills leaves open what is supported", async (directory) => {
  const child = spawnPapyra(["doctor", "disk", "--path", directory, "--duration", "4s", "--json"]);
  await child.stdin.close();
  await until(() => helpersIn(directory, "read-replaced").length > 0);
  for (const pid of helpersIn(directory, "read-replaced")) Deno.kill(pid, "SIGKILL");
  const { code, stdout } = await endOf(child);
  const { durability, checks } = JSON.parse(stdout);
  assertEquals([code, durability], [1, "unknown"]);
  const rename = checks.find(({ check }: { check: string }) => check === "atomic_rename");
  assertEquals([rename.result, rename.supports], ["unknown", null]);
  assertStringIncludes(rename.reason, "the second process ended before it had answered");
  assertEquals(namesIn(directory), []);
});

cliTest("what SIGKILL leaves of doctor disk is found by the next one", async (directory) => {
  const child = spawnPapyra(["doctor", "disk", "--path", directory, "--duration", "4s"]);
  await child.stdin.close();
  await until(() => helpersIn(directory, "read-replaced").length > 0);
  child.kill("SIGKILL");
  await endOf(child);
  await until(() => helpersIn(directory).length === 0);
  const [leftover] = namesIn(directory);
  assertEquals(Deno.statSync(join(directory, leftover!)).mode! & 0o777, 0o700);
  const { stdout } = await papyra(["doctor", "disk", "--path", directory, ...QUICKLY]);
  assertMatch(stdout, new RegExp(`^warning +leftovers: ${RegExp.escape(leftover!)}: `, "m"));
});

cliTest("a helper that is asked for nothing it knows is a mistake", async (directory) => {
  for (const role of [[], ["no-role"], ["constructor"]]) {
    const { code, stdout } = await papyra([HELPER, ...role]);
    assertEquals([code, stdout], [64, ""]);
  }
  assertMatch(await papyraOk([HELPER, "hold-lock", join(directory, "none"), "shared"]), /^error /);
});

cliTest("where no second process can be started, the verdict says so", async (directory) => {
  const terminal = fakeTerminal();
  const args = ["doctor", "disk", "--path", directory, "--durability", "os", ...QUICKLY];
  assertEquals(await main(args, terminal), EXIT.ANOMALIES_REFUSED);
  assertMatch(terminal.stdout.text, /^unknown +locks: no second process could take part: /m);
  assertStringIncludes(terminal.stdout.text, "What this volume supports is not known");
  assertEquals(namesIn(directory), []);
});

cliTest("doctor disk shows how far it is on a terminal", async (directory) => {
  const terminal = fakeTerminal();
  terminal.stderr.isTTY = true;
  await main(["doctor", "disk", "--path", directory, ...QUICKLY], terminal);
  assertMatch(terminal.stderr.text, /checking \[#*-*\] \d+%/);
});
