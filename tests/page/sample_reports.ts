/**
 * Reports on stores as people have them: an empty one, a healthy one, a damaged one, a large one.
 *
 * @module
 */

import { join } from "node:path";
import type { PersistenceBackend } from "../../lib/backend/backend.ts";
import type { RecordInput } from "../../lib/model/record.ts";
import { openStore } from "../../lib/operations/open_store.ts";
import { createReport } from "../../lib/report/create_report.ts";
import type { StoreReport } from "../../lib/report/store_report.ts";
import { nativeFileSystem } from "../../lib/storage/native/native_file_system.ts";
import { Random } from "../_random.ts";

/** The samples. */
export const SAMPLES = ["empty", "healthy", "damaged", "large"] as const;

/** The name of a sample. */
export type SampleName = typeof SAMPLES[number];

// 2026-03-17 09:40 UTC: the samples are the same at any time.
const NOW = 1_773_740_400;
const HOUR = 3600;
const DAY = 24 * HOUR;
const SHOWN_DIRECTORY = "/var/lib/orders";

const FREE_BYTES: { readonly [S in SampleName]: number } = {
  empty: 48.3 * 2 ** 30,
  healthy: 812 * 2 ** 20,
  damaged: 0.6 * 2 ** 20,
  large: 48.3 * 2 ** 30,
};

const EVENT_TYPES = [
  "OrderPlaced",
  "OrderPaid",
  "ActorStarted",
  "ActorStopped",
  "OrderShipped",
  "StockReserved",
  "InvoiceSent",
  "CartAbandoned",
  "StockReleased",
  "RefundRequested",
  "LoginFailed",
  "PasswordChanged",
  "EmailBounced",
];
const MESSAGE_TYPES = ["ShipOrder", "SendInvoice", "Ping"];

/** Makes one of them in `directory`. */
export async function sampleReport(name: SampleName, directory: string): Promise<StoreReport> {
  const path = join(directory, "facts.ndjson");
  await using store = await openStore({
    url: `file:${path}`,
    durability: "os",
    clock: () => NOW,
    retention: name === "empty" ? {} : { maxAgeSeconds: name === "large" ? 300 * DAY : 10 * DAY },
    fileSystem: { ...nativeFileSystem, freeBytes: () => Promise.resolve(FREE_BYTES[name]) },
    ...(name === "large" ? { rotation: { maxBytes: 8_000_000 } } : {}),
  });
  await MAKERS[name](store, path);
  const report = await createReport(store, { clock: () => NOW });
  return shown(report, directory);
}

const MAKERS: {
  readonly [S in SampleName]: (store: PersistenceBackend, path: string) => Promise<unknown>;
} = {
  empty: (_store, path) => Deno.writeTextFile(path, ""),
  healthy: async (store) => {
    await fill(store, { days: 14, perHour: 12 });
    await store.compact({ retention: { maxAgeSeconds: 13 * DAY } });
  },
  damaged: async (store, path) => {
    await fill(store, { days: 3, perHour: 8 });
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace("OrderPaid", "OrderPaiD"));
    await store.recover();
    const lines = (await Deno.readTextFile(path)).split("\n");
    for (const at of [40, 170]) lines[at] = lines[at]!.replace("orders", "orderz");
    lines[90] = lines[90]!.slice(0, 60);
    await Deno.writeTextFile(path, `${lines.join("\n").trimEnd()}\n{"kind":"event","timest`);
  },
  large: async (store) => {
    await fill(store, { days: 400, perHour: 25 });
    await store.compact({ retention: { maxAgeSeconds: 365 * DAY } });
  },
};

async function fill(
  store: PersistenceBackend,
  { days, perHour }: { readonly days: number; readonly perHour: number },
): Promise<void> {
  const random = new Random(1);
  for (let day = 0; day < days; day++) {
    const records: RecordInput[] = [];
    for (let hour = 0; hour < 24; hour++) {
      // Busy by day, and a little more from month to month.
      const load = perHour * (0.4 + 1.2 * Math.max(0, Math.sin((hour - 5) / 24 * 2 * Math.PI)));
      const count = Math.round(load * (1 + day / days) * (0.6 + 0.8 * random.next()));
      const from = NOW - (days - day) * DAY + hour * HOUR;
      for (let n = 0; n < count; n++) records.push(record(from + n * HOUR / count, random));
    }
    await store.recordMany(records);
  }
}

function record(timestamp: number, random: Random): RecordInput {
  const common = { timestamp, systemId: "orders" };
  const pick = (names: readonly string[]) =>
    names[Math.floor(random.next() * random.next() * names.length)]!;
  const dice = random.next();
  if (dice < 0.1) return { kind: "audit", ...common, totalActors: 40, aliveActors: 38 };
  if (dice < 0.14) {
    return {
      kind: "dead_letter",
      ...common,
      messageType: pick(MESSAGE_TYPES),
      target: "orders://7",
    };
  }
  const eventType = pick(EVENT_TYPES);
  return { kind: "event", ...common, eventType, actorAddress: "orders://12", payload: { n: 7 } };
}

// The place, and what no two runs have in common, is not part of a sample.
function shown(report: StoreReport, directory: string): StoreReport {
  const text = JSON.stringify(report).replaceAll(directory, SHOWN_DIRECTORY);
  const copy: StoreReport = JSON.parse(text);
  const operations = copy.operations.map((operation, index) => ({
    ...operation,
    id: `20260317T094000Z-${String(index).padStart(8, "0")}`,
  }));
  return { ...copy, operations, durationSeconds: 0.2 };
}
