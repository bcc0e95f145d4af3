import { RedisStreamsPersistence } from "../../lib/backends/redis/redis_streams_persistence.ts";
import type { AnomalyCode } from "../../lib/model/anomaly.ts";
import { eventOf, recordsOf } from "../../lib/testing/samples.ts";
import { assert, assertEquals, assertStringIncludes } from "../_assert.ts";
import { codeOf, freshUrl, keyOf } from "./_stores.ts";
import { feed, serversOfFile, standalone, withCluster } from "./servers.ts";

const alone = serversOfFile(standalone());
const cluster = serversOfFile(withCluster);

const BAD: { readonly [C in AnomalyCode]?: readonly (string | Uint8Array)[] } = {
  MISSING_DATA: ["other", "field"],
  CORRUPTED_LINE: ["data", "no json"],
  PARTIAL_WRITE: ["data", '{"kind":"event","times'],
  NOT_A_RECORD: ["data", "42"],
  INVALID_UTF8: ["data", new Uint8Array([0x7b, 0xff, 0x7d])],
  NUL_PADDING: ["data", new Uint8Array(8)],
  CHECKSUM_MISMATCH: ["data", '{"kind":"event","timestamp":1,"crc":"00000000"}', "w", "x:1"],
};

async function damaged(): Promise<{ url: string; key: string }> {
  const url = freshUrl(alone.current);
  const key = keyOf(url, "events");
  await using store = new RedisStreamsPersistence(url);
  await store.recordMany(recordsOf("event", 3));
  await feed(alone.current.processes[0]!, Object.values(BAD).map((f) => ["XADD", key, "*", ...f]));
  await store.recordEvent(eventOf(4));
  return { url, key };
}

Deno.test("a scan finds every kind of damage, and reads pass over it and say so", async () => {
  const { url, key } = await damaged();
  await using store = new RedisStreamsPersistence(url);
  const { healthy, anomalies, records } = await store.scan();
  assertEquals([healthy, records.event], [false, 4]);
  assertEquals(anomalies.map(({ code }) => code), Object.keys(BAD) as AnomalyCode[]);
  for (const { file, entry, next } of anomalies) {
    assertEquals(file, key);
    assert(/^\d+-\d+$/.test(entry!));
    assertStringIncludes(next, "papyra persistence recover --store");
  }
  const stream = store.events();
  assertEquals((await Array.fromAsync(stream)).length, 4);
  assertEquals(stream.skipped, Object.keys(BAD).length);
});

Deno.test("a sample looks at the newest entries, and says that it is one", async () => {
  const { url } = await damaged();
  await using store = new RedisStreamsPersistence(url);
  const { healthy, sampleEntries, records } = await store.scan({ sampleEntries: 1 });
  assertEquals([healthy, sampleEntries, records.event], [true, 1, 1]);
  assertEquals((await store.scan({ sampleEntries: 2 })).anomaliesTotal, 1);
  assertEquals(await codeOf(store.scan({ sampleEntries: -1 })), "INVALID_ARGUMENT");
});

for (const quarantineDir of [undefined, "aside"]) {
  const mode = quarantineDir === undefined ? "repair" : "quarantine";
  Deno.test(`${mode} moves damaged entries aside with their ids and fields, and nothing else`, async () => {
    const { url, key } = await damaged();
    await using store = new RedisStreamsPersistence(url);
    const before = (await store.scan()).anomalies;
    const sound = await store.listEvents();
    const plan = await store.planRecovery(quarantineDir ? { mode, quarantineDir } : { mode });
    assertEquals([plan.changes, plan.steps.length], [true, 1]);
    const report = await store.recover(quarantineDir ? { mode, quarantineDir } : { mode });
    assertEquals([report.changed, report.after.healthy, report.removedRanges], [true, true, 7]);
    assertEquals(await store.listEvents(), sound);
    const target = `${quarantineDir ?? `${key.replace(/:events$/, "")}:quarantine`}:${
      key.replaceAll(":", "_")
    }`;
    assertEquals(report.kept, [target]);
    const [server] = alone.current.processes;
    const moved = await server!.command("XRANGE", target, "-", "+") as [string, string[]][];
    assertEquals(
      moved.map(([, fields]) => [fields[1], fields[3], fields[5], fields[7]]),
      before.map(({ entry, code }) => [key, entry!, code, report.receipt!]),
    );
    assertEquals(moved[0]![1].slice(8), ["other", "field"]);
    assertEquals(moved.at(-1)![1].slice(8), BAD.CHECKSUM_MISMATCH as string[]);
    const receipts = await Array.fromAsync(store.history());
    assertEquals(receipts.map(({ id, outcome }) => [id, outcome]), [[report.receipt!, "done"]]);
    await server!.command("DEL", target);
  });
}

Deno.test("where keys are on several servers, an entry is added, looked at, and then deleted", async () => {
  const { url, processes } = cluster.current;
  const store = new RedisStreamsPersistence(`${url}?system_id=spread`);
  await store.recordMany(recordsOf("event", 2));
  const key = "papyra:spread:events";
  await processes[0]!.command("-c", "XADD", key, "*", "data", "damaged");
  const report = await store.recover({ mode: "quarantine", quarantineDir: "elsewhere" });
  assertEquals([report.after.healthy, report.removedRanges], [true, 1]);
  const [target] = report.kept;
  const moved = await processes[0]!.command("-c", "XRANGE", target!, "-", "+") as [
    string,
    string[],
  ][];
  assertEquals(moved.map(([, fields]) => fields.slice(8)), [["data", "damaged"]]);
  assertEquals((await store.listEvents()).length, 2);
  await store.close();
});

Deno.test("entries that a group waits for and that are gone are told, and acknowledged when asked", async () => {
  const url = freshUrl(alone.current);
  const key = keyOf(url, "events");
  const [server] = alone.current.processes;
  await using store = new RedisStreamsPersistence(url);
  await store.recordMany(recordsOf("event", 3));
  await server!.command("XGROUP", "CREATE", key, "workers", "0");
  await server!.command("XREADGROUP", "GROUP", "workers", "w1", "STREAMS", key, ">");
  const [[id]] = await server!.command("XRANGE", key, "-", "+") as [[string]];
  await server!.command("XDEL", key, id);
  const { healthy, anomalies } = await store.scan();
  assertEquals([healthy, anomalies.length], [true, 1]);
  assertEquals([anomalies[0]!.code, anomalies[0]!.entry], ["DANGLING_PENDING", id]);
  assertStringIncludes(anomalies[0]!.reason, 'group "workers"');
  assertStringIncludes(anomalies[0]!.reason, 'consumer "w1"');
  assertEquals((await store.recover()).changed, false);
  const report = await store.recover({ ackDangling: true });
  assertEquals([report.acknowledged, report.after.anomaliesTotal], [1, 0]);
  const [pending] = await server!.command("XPENDING", key, "workers") as [number];
  assertEquals(pending, 2);
});

Deno.test("a key that is no stream is an anomaly, refused by reads and writes, and left alone", async () => {
  const url = freshUrl(alone.current);
  const key = keyOf(url, "audits");
  const [server] = alone.current.processes;
  await server!.command("SET", key, "somebody's");
  await using store = new RedisStreamsPersistence(url);
  const mixed = [...recordsOf("event", 1), ...recordsOf("audit", 1)];
  assertEquals(await codeOf(store.recordMany(mixed)), "NOT_WRITTEN");
  assertEquals(await codeOf(store.recordAudit({})), "NOT_WRITTEN");
  assertEquals(await codeOf(store.listAudits()), "NOT_A_STORE");
  await store.recordEvent(eventOf(1));
  assertEquals((await store.listEvents()).length, 1);
  const { healthy, anomalies } = await store.scan();
  assertEquals([healthy, anomalies.map(({ code, file }) => [code, file])], [
    false,
    [["WRONG_KEY_TYPE", key]],
  ]);
  assertEquals((await store.recover()).changed, false);
  assertEquals(await server!.command("GET", key), "somebody's");
});
