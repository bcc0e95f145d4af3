import { assert, assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { serversOfFile, standalone } from "../redis/servers.ts";
import { cliTest, papyra, papyraOk } from "./_papyra.ts";
import { events, storeOf } from "./_stores.ts";

const PASSWORD = "s3cret/word";

const servers = serversOfFile(standalone({ appendonly: "yes" }));

const doctor = (...args: string[]) => papyra(["doctor", "redis", ...args]);

Deno.test("doctor redis says what an acknowledgement is worth on a server, check by check", async () => {
  const { url } = servers.current;
  const { code, stdout, stderr } = await doctor("--store", url);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^127\.0\.0\.1:\d+: Redis \S+, master, user "default"$/m);
  assertMatch(stdout, /^ok +eviction: maxmemory-policy is noeviction/m);
  assertMatch(stdout, /^warning +persistence: .* appendfsync everysec says/m);
  assertMatch(stdout, /^not told +whether the replica/m);
  assertMatch(stdout, /but for about the last second before a failure\n$/);
  assertEquals(await papyraOk(["doctor", "redis", "--store", url, "--quiet"]), "");
  const always = await doctor("--store", url, "--durability", "always");
  assertEquals(always.code, 1);
  assertMatch(always.stdout, /; asked for was always\n$/);
});

Deno.test("doctor redis --json tells the same to programs, with documented names", async () => {
  const { url, processes: [server] } = servers.current;
  await server!.command("XGROUP", "CREATE", "papyra:json:events", "workers", "0", "MKSTREAM");
  const { code, stdout } = await doctor("--store", `${url}?system_id=json`, "--json");
  const report = JSON.parse(stdout);
  assertEquals([code, report.schema], [0, "papyra.doctor-redis/v1"]);
  assertEquals([report.durability, report.asked, report.is_fit], ["interval", "interval", true]);
  assertEquals(report.streams[0].groups[0].name, "workers");
  const page = await Deno.readTextFile(new URL("../../docs/json-output.md", import.meta.url));
  for (const name of namesIn(report)) assertStringIncludes(page, `\`${name}\``);
});

Deno.test("doctor redis shows no password, also where it is wrong or the user may do nothing", async () => {
  const { url, processes: [server] } = servers.current;
  await server!.command("ACL", "SETUSER", "few", "on", `>${PASSWORD}`, "~*", "+hello", "+multi");
  const secret = encodeURIComponent(PASSWORD);
  const as = (word: string) => url.replace("//", `//few:${word}@`);
  const runs = [
    await doctor("--store", as(secret)),
    await doctor("--store", as(secret), "--json"),
    await doctor("--store", as(`x${secret}`)),
  ];
  assertEquals(runs.map(({ code }) => code), [1, 1, 69]);
  assertMatch(runs[0]!.stdout, /^unknown +persistence: /m);
  assertMatch(runs[0]!.stdout, /^failed +rights: user "few" may not run.*XADD/m);
  for (const { stdout, stderr } of runs) {
    const told = stdout + stderr;
    assert(!told.includes(PASSWORD) && !told.includes(secret), told);
  }
});

cliTest("doctor redis goes with stores on Redis only", async (directory) => {
  const path = await storeOf(directory, events(1));
  const { code, stderr } = await doctor("--path", path);
  assertEquals(code, 64);
  assertStringIncludes(stderr, "name a store on Redis");
  assertEquals((await doctor("--store", "redis://127.0.0.1:1/0")).code, 69);
});

function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...namesIn(inner)]);
}
