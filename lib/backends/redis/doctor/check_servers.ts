/**
 * Asks the servers of a store whether they do what it relies on. Nothing is changed.
 *
 * @module
 */

import type { CheckServerOptions } from "../../../backend/server_backend.ts";
import { throwIfAborted } from "../../../errors.ts";
import { RECORD_KINDS } from "../../../model/record.ts";
import type {
  ServerCheck,
  ServerFacts,
  ServerFinding,
  ServerReport,
  StreamFacts,
} from "../../../model/server_report.ts";
import type { RedisServers } from "../servers/redis_servers.ts";
import { asServerError } from "../servers/server_error.ts";
import { ok } from "../../../model/finding.ts";
import { Inquiry } from "./inquiry.ts";
import { checkEviction } from "./memory_check.ts";
import { checkPersistence, checkSaving } from "./persistence_check.ts";
import { checkReplication } from "./replication_check.ts";
import { checkRights } from "./rights_check.ts";
import { checkStream } from "./stream_check.ts";
import { judge } from "./verdict.ts";

const CHECKS: { readonly [name: string]: (inquiry: Inquiry) => Promise<ServerFinding> } = {
  version: ({ version }) => Promise.resolve(ok(`Redis ${version}`)),
  eviction: checkEviction,
  persistence: checkPersistence,
  saving: checkSaving,
  replication: checkReplication,
};

const CANNOT_KNOW = [
  "whether a disk, its controller or the host of a virtual machine keeps what it says is synced",
  "whether the replica that a failover promotes has all that was acknowledged",
] as const;

/** Checks the servers that have the streams. */
export async function checkServers(
  servers: RedisServers,
  { asked = "interval" }: CheckServerOptions,
  now: () => number,
  signal: AbortSignal,
): Promise<ServerReport> {
  const startedAt = now();
  const facts: ServerFacts[] = [];
  const checks: ServerCheck[] = [];
  const streams: StreamFacts[] = [];
  try {
    const inquiries = await inquiriesInto(servers);
    for (const inquiry of new Set(inquiries.values())) {
      facts.push(await factsOf(inquiry));
      const key = [...inquiries].find(([, other]) => other === inquiry)![0];
      for (const [check, run] of Object.entries(CHECKS)) {
        throwIfAborted(signal);
        checks.push({ check, server: inquiry.address, ...await run(inquiry) });
      }
      const rights = await rightsAt(servers, key, inquiry);
      checks.push({ check: "rights", server: inquiry.address, ...rights });
    }
    for (const kind of RECORD_KINDS) {
      const { facts, finding } = await checkStream(servers, kind, signal);
      streams.push(facts);
      const server = inquiries.get(facts.key)!.address;
      checks.push({ check: "stream", server, ...finding });
    }
  } catch (error) {
    throw asServerError(error, "check", servers.config.location);
  }
  return {
    store: servers.config.location,
    ...judge(checks, asked),
    servers: facts,
    streams,
    checks,
    cannotKnow: CANNOT_KNOW,
    startedAt,
    durationSeconds: now() - startedAt,
  };
}

/** Whom to ask about each stream: one inquiry a server. */
async function inquiriesInto(servers: RedisServers): Promise<ReadonlyMap<string, Inquiry>> {
  const byKey = new Map<string, Inquiry>();
  for (const key of Object.values(servers.config.keys.streams)) {
    const to = await servers.persistently(() => servers.shared(key));
    const inquiry = new Inquiry(servers.config, to);
    const known = [...byKey.values()].find(({ address }) => address === inquiry.address);
    byKey.set(key, known ?? inquiry);
  }
  return byKey;
}

async function rightsAt(
  servers: RedisServers,
  key: string,
  inquiry: Inquiry,
): Promise<ServerFinding> {
  const { connection } = await servers.persistently(() => servers.connect(key));
  try {
    return await checkRights(inquiry, connection);
  } finally {
    connection.close();
  }
}

async function factsOf(inquiry: Inquiry): Promise<ServerFacts> {
  const memory = await inquiry.info("memory");
  const persistence = await inquiry.info("persistence");
  const replication = await inquiry.info("replication");
  const aof = persistence?.get("aof_enabled");
  return {
    server: inquiry.address,
    version: inquiry.version,
    role: inquiry.role,
    user: await inquiry.user(),
    memoryBytes: numberOf(memory?.get("used_memory")),
    memoryBytesMax: numberOf(memory?.get("maxmemory")),
    evictionPolicy: memory?.get("maxmemory_policy") ?? null,
    appendOnly: aof === undefined ? null : aof === "1",
    fsync: await inquiry.setting("appendfsync"),
    replicas: numberOf(replication?.get("connected_slaves")),
  };
}

function numberOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}
