/**
 * Real Redis servers in every arrangement, shared by the tests of one file.
 *
 * @module
 */

import { join } from "node:path";
export { feed, type RedisProcess, untilTrue } from "./_process.ts";
import { type Certificates, makeCertificates } from "./_certificates.ts";
import { type ProcessOptions, type RedisProcess, startRedis, untilTrue } from "./_process.ts";

/** Servers that stand together. */
export interface Servers {
  /** URL of them, without a query. */
  readonly url: string;
  /** The query that a store there needs, as in `hash_tag=true`; empty for none. */
  readonly query: string;
  /** The processes, in the order in which they were started. */
  readonly processes: readonly RedisProcess[];
  /** The certificates, where there is TLS. */
  readonly certificates?: Certificates;
}

/** Starts servers in a directory. */
export type Arrangement = (directory: string) => Promise<Servers>;

/** Starts servers before the tests of this file, and ends them behind; what is returned has them then. */
export function serversOfFile(arrangement: Arrangement): { readonly current: Servers } {
  const held: { directory?: string; servers?: Servers } = {};
  Deno.test.beforeAll(async () => {
    held.directory = await Deno.makeTempDir({ prefix: "papyra-redis-" });
    held.servers = await arrangement(held.directory);
  });
  Deno.test.afterAll(async () => {
    for (const process of held.servers?.processes ?? []) await process.kill();
    if (held.directory !== undefined) await Deno.remove(held.directory, { recursive: true });
  });
  return {
    get current(): Servers {
      return held.servers!;
    },
  };
}

/** One server. */
export function standalone(settings: ProcessOptions["settings"] = {}): Arrangement {
  return async (directory) => {
    const server = await startRedis({ directory: await subfolder(directory, "server"), settings });
    return { url: `redis://127.0.0.1:${server.port}/0`, query: "", processes: [server] };
  };
}

/** One server that speaks TLS only. */
export async function withTls(directory: string): Promise<Servers> {
  const certificates = await makeCertificates(directory);
  const server = await startRedis({
    directory: await subfolder(directory, "server"),
    settings: tlsSettings(certificates, certificates.server),
    cli: ["--tls", "--cacert", certificates.ca],
    isTls: true,
  });
  const query = `ca=${encodeURIComponent(certificates.ca)}`;
  return { url: `rediss://127.0.0.1:${server.port}/0`, query, processes: [server], certificates };
}

/** Settings of a server that shows this certificate. */
export function tlsSettings(
  { ca, serverKey }: Certificates,
  certificate: string,
): { readonly [name: string]: string } {
  return {
    "tls-cert-file": certificate,
    "tls-key-file": serverKey,
    "tls-ca-cert-file": ca,
    "tls-auth-clients": "optional",
  };
}

/** A master, a replica and a Sentinel. */
export async function withSentinel(directory: string): Promise<Servers> {
  const master = await startRedis({ directory: await subfolder(directory, "master") });
  const replica = await startRedis({
    directory: await subfolder(directory, "replica"),
    settings: { replicaof: `127.0.0.1 ${master.port}`, "repl-diskless-sync-delay": "0" },
  });
  const home = await subfolder(directory, "sentinel");
  const file = join(home, "sentinel.conf");
  await Deno.writeTextFile(
    file,
    [
      `sentinel monitor papyra 127.0.0.1 ${master.port} 1`,
      "sentinel down-after-milliseconds papyra 500",
      "sentinel failover-timeout papyra 3000",
      "",
    ].join("\n"),
  );
  const sentinel = await startRedis({ directory: home, args: [file, "--sentinel"] });
  await untilTrue(async () =>
    (await sentinel.command("SENTINEL", "REPLICAS", "papyra") as unknown[]).length === 1
  );
  await untilTrue(async () =>
    /master_link_status:up/.test(`${await replica.command("INFO", "replication")}`)
  );
  return {
    url: `redis+sentinel://127.0.0.1:${sentinel.port}/papyra/0`,
    query: "",
    processes: [master, replica, sentinel],
  };
}

const SLOTS = 16384;

/** Three nodes that share the slots. */
export async function withCluster(directory: string): Promise<Servers> {
  const nodes = await Promise.all(["a", "b", "c"].map(async (name) =>
    await startRedis({
      directory: await subfolder(directory, name),
      settings: { "cluster-node-timeout": "5000" },
      isClusterNode: true,
    })
  ));
  const first = nodes[0]!;
  for (const [index, node] of nodes.entries()) {
    const from = Math.ceil(index * SLOTS / nodes.length);
    const to = Math.ceil((index + 1) * SLOTS / nodes.length) - 1;
    await node.command("CLUSTER", "SET-CONFIG-EPOCH", `${index + 1}`);
    await node.command("CLUSTER", "ADDSLOTSRANGE", `${from}`, `${to}`);
    const [, busPort] = /@(\d+)/.exec(`${await node.command("CLUSTER", "NODES")}`)!;
    if (node !== first) {
      await first.command("CLUSTER", "MEET", "127.0.0.1", `${node.port}`, busPort!);
    }
  }
  for (const node of nodes) {
    await untilTrue(async () =>
      /cluster_state:ok[^]*cluster_known_nodes:3/.test(`${await node.command("CLUSTER", "INFO")}`)
    );
  }
  const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`).join();
  return { url: `redis+cluster://${hosts}`, query: "hash_tag=true", processes: nodes };
}

async function subfolder(directory: string, name: string): Promise<string> {
  const path = join(directory, name);
  await Deno.mkdir(path);
  return path;
}
