import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BackendOptions } from "../../lib/backends/registry.ts";
import { PapyraError } from "../../lib/errors.ts";
import { openStore } from "../../lib/operations/open_store.ts";
import { assert, assertEquals, assertRejects } from "../_assert.ts";

const DAMAGED = '{"kind":"event","timestamp":1,"event_type":"A"}\nnot a record\n';

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "papyra open "));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function codeOf(opening: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => opening, PapyraError)).code;
}

Deno.test("openStore() opens a store in memory, each time another one", async () => {
  await using one = await openStore("memory:");
  await using other = await openStore({ url: "MEMORY:", retention: { maxRecords: 1 } });
  await one.recordEvent({ eventType: "A" });
  assertEquals([one.name, other.name], ["InMemoryPersistence", "InMemoryPersistence"]);
  assertEquals((await other.listEvents()).length, 0);
  assertEquals(other.retention, { maxRecords: 1 });
});

Deno.test("openStore() opens one file by its path, its file: name and its URL", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "grün 100%.ndjson");
    for (const url of [path, `file:${path}`, pathToFileURL(path).href]) {
      await using store = await openStore(url);
      assertEquals(store.name, "JsonFilePersistence");
      await store.recordEvent({ eventType: url });
    }
    await using store = await openStore(path);
    assertEquals((await store.listEvents()).map(({ seq }) => seq), [1, 2, 3]);
  });
});

Deno.test("openStore() sees from the disk whether a store has several files", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "events.ndjson");
    const nameAfter = async (rotation?: BackendOptions["rotation"]): Promise<string> => {
      await using store = await openStore({ url: path, ...(rotation ? { rotation } : {}) });
      await store.recordEvent({ eventType: "A" });
      return store.name;
    };
    assertEquals(await nameAfter(), "JsonFilePersistence");
    assertEquals(await nameAfter({}), "RotatingFilePersistence");
    assertEquals(await nameAfter(), "JsonFilePersistence");
    assertEquals(await nameAfter({ maxRecords: 1 }), "RotatingFilePersistence");
    assertEquals(await nameAfter(), "RotatingFilePersistence");
    const names = (await readdir(folder)).filter((name) => name.startsWith("events"));
    assertEquals(names.sort(), ["events.ndjson", "events.ndjson.0000000000000001"]);
    await using store = await openStore(path);
    assertEquals((await store.listEvents()).map(({ seq }) => seq), [1, 2, 3, 4, 5]);
  });
});

Deno.test("openStore() takes a directory or a link in a segment's place for none", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "events.ndjson");
    await mkdir(`${path}.1`);
    await symlink("elsewhere", `${path}.0000000000000001`);
    await using store = await openStore(path);
    assertEquals(store.name, "JsonFilePersistence");
    await writeFile(`${path}.2`, "");
    await using rotated = await openStore(path);
    assertEquals(rotated.name, "RotatingFilePersistence");
  });
});

Deno.test("openStore() with limits that are none is refused", async () => {
  for (const rotation of [{ maxBytes: 0 }, { maxRecords: 1.5 }, { maxAgeSeconds: NaN }]) {
    assertEquals(await codeOf(openStore({ url: "events.ndjson", rotation })), "INVALID_ARGUMENT");
  }
});

Deno.test("openStore() refuses a URL that names no backend", async () => {
  for (const url of ["ftp://host/path", "memori:", "s3:bucket"]) {
    assertEquals(await codeOf(openStore(url)), "INVALID_ARGUMENT");
  }
});

Deno.test("openStore() makes nothing until something is written", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "events.ndjson");
    {
      await using store = await openStore({ url: path, startup: { mode: "recover" } });
      assertEquals(await store.listEvents(), []);
    }
    assert(!existsSync(path));
  });
});

Deno.test("openStore() does what the startup mode says about damage", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "events.ndjson");
    await writeFile(path, DAMAGED);
    for (const mode of ["ignore", "scan_only"] as const) {
      await using store = await openStore({ url: path, startup: { mode } });
      assertEquals((await store.listEvents()).length, 1);
    }
    const refused = openStore({ url: path, startup: { mode: "fail_on_anomaly" } });
    assertEquals(await codeOf(refused), "ANOMALIES_FOUND");
    const remaining = openStore({
      url: path,
      startup: { mode: "recover", recovery: { mode: "ignore" } },
    });
    assertEquals(await codeOf(remaining), "ANOMALIES_REMAIN");
    assertEquals(await readFile(path, "utf8"), DAMAGED);
    await using store = await openStore({ url: path, startup: { mode: "recover" } });
    assertEquals((await store.listEvents()).length, 1);
    assertEquals((await store.scan()).anomaliesTotal, 0);
  });
});

Deno.test("openStore() refuses a startup or a retention that cannot be", async () => {
  const recovery = { mode: "quarantine" } as const;
  const startup = { mode: "recover", recovery } as const;
  assertEquals(await codeOf(openStore({ url: "memory:", startup })), "INVALID_ARGUMENT");
  const retention = { maxRecords: -1 };
  assertEquals(await codeOf(openStore({ url: "memory:", retention })), "INVALID_ARGUMENT");
});

Deno.test("openStore() times out where looking takes too long", async () => {
  const startup = { mode: "scan_only", signal: AbortSignal.timeout(0) } as const;
  await new Promise((resolve) => startup.signal.addEventListener("abort", resolve));
  assertEquals(await codeOf(openStore({ url: "memory:", startup })), "TIMED_OUT");
});
