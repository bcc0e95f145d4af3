/**
 * Redis processes as tests use them: on loopback, on free ports, ended by their own id.
 *
 * @module
 */

import { join } from "node:path";

/** One running process. */
export interface RedisProcess {
  readonly port: number;
  /** Its working directory. */
  readonly directory: string;
  /** Runs one command with `redis-cli`; its answer as JSON has it. Throws what the server refuses. */
  command(...args: string[]): Promise<unknown>;
  /** Stops it from answering, without ending its connections. */
  freeze(): void;
  /** Lets it go on. */
  thaw(): void;
  /** Kills it, and waits until it is gone. */
  kill(): Promise<void>;
  /** Kills it and starts it again, on the same port and directory. */
  restart(): Promise<void>;
}

/** How to start a process. */
export interface ProcessOptions {
  /** Its working directory, made by the caller. */
  readonly directory: string;
  /** Settings by their names in `redis.conf`. */
  readonly settings?: { readonly [name: string]: string };
  /** What the command line begins with. @default {[]} */
  readonly args?: readonly string[];
  /** Arguments with which `redis-cli` reaches it. @default {[]} */
  readonly cli?: readonly string[];
  /** Whether it listens for TLS only. @default {false} */
  readonly isTls?: boolean;
  /** Whether it is a node of a cluster, which has a port for the other nodes. @default {false} */
  readonly isClusterNode?: boolean;
}

/** Where a process listens. */
interface Ports {
  readonly port: number;
  readonly clusterPort: number;
}

const START_TIMEOUT_MS = 20_000;
const POLL_MS = 10;
const STARTS_MAX = 5;
const LOG_NAME = "redis.log";
const LOG_LINES_SHOWN = 5;

// The system gives ports from 32768 on to connections, and to whoever asks for any.
const LOWEST_PORT = 16_384;
const HIGHEST_PORT = 32_767;

/** Starts a `redis-server` and waits until it answers. */
export async function startRedis(options: ProcessOptions): Promise<RedisProcess> {
  const { directory, cli = [] } = options;
  const { ports, ...started } = await startOnFreePorts(options);
  let { child } = started;
  const command = (...args: string[]) => runCli(ports.port, cli, args);
  const kill = async () => {
    kills(child);
    await child.status;
  };
  return {
    port: ports.port,
    directory,
    command,
    freeze: () => child.kill("SIGSTOP"),
    thaw: () => child.kill("SIGCONT"),
    kill,
    async restart() {
      await kill();
      const again = await startOn(ports, options);
      if (again === null) throw await endedError(options);
      child = again;
    },
  };
}

// A port that was free a moment ago may be another's by now.
async function startOnFreePorts(
  options: ProcessOptions,
): Promise<{ readonly child: Deno.ChildProcess; readonly ports: Ports }> {
  for (let starts = 0; starts < STARTS_MAX; starts++) {
    const ports = { port: freePort(), clusterPort: freePort() };
    const child = await startOn(ports, options);
    if (child !== null) return { child, ports };
  }
  throw await endedError(options);
}

/** Null where it has ended, as it does where another listens. */
async function startOn(ports: Ports, options: ProcessOptions): Promise<Deno.ChildProcess | null> {
  const child = spawn(options, ports);
  try {
    return await isReady(child, ports.port, options.cli) ? child : null;
  } catch (error) {
    kills(child);
    throw error;
  }
}

async function endedError({ directory }: ProcessOptions): Promise<Error> {
  const log = await Deno.readTextFile(join(directory, LOG_NAME));
  const lastLines = log.trimEnd().split("\n").slice(-LOG_LINES_SHOWN);
  return new Error(`redis-server ended: ${lastLines.join("\n")}`);
}

/** Waits until it answers, it and no other; false once it has ended. */
async function isReady(
  child: Deno.ChildProcess,
  port: number,
  cli: readonly string[] = [],
): Promise<boolean> {
  let hasEnded = false;
  void child.status.then(() => hasEnded = true);
  const isItself = new RegExp(`^process_id:${child.pid}\\b`, "m");
  await untilTrue(async () =>
    hasEnded || isItself.test(`${await runCli(port, cli, ["INFO", "server"])}`)
  );
  return !hasEnded;
}

/** A port that nothing listens on, and that the system gives to nobody who asks for any. */
function freePort(): number {
  for (;;) {
    const port = LOWEST_PORT + Math.floor(Math.random() * (HIGHEST_PORT - LOWEST_PORT + 1));
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

/** Asks again and again until `isTrue` says so; throws what it threw last after too long. */
export async function untilTrue(isTrue: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + START_TIMEOUT_MS;
  for (let failure: unknown = new Error("It did not come true in time");;) {
    try {
      if (await isTrue()) return;
    } catch (error) {
      failure = error;
    }
    if (Date.now() > end) throw failure;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function spawn(
  { directory, settings = {}, args = [], isTls = false, isClusterNode = false }: ProcessOptions,
  { port, clusterPort }: Ports,
): Deno.ChildProcess {
  const all = {
    bind: "127.0.0.1",
    dir: directory,
    logfile: join(directory, LOG_NAME),
    save: "",
    appendonly: "no",
    ...(isTls ? { port: "0", "tls-port": `${port}` } : { port: `${port}` }),
    ...(isClusterNode && { "cluster-enabled": "yes", "cluster-port": `${clusterPort}` }),
    ...settings,
  };
  const flags = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  return new Deno.Command("redis-server", {
    args: [...args, ...flags],
    cwd: directory,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

function kills(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It is gone already.
  }
}

async function runCli(
  port: number,
  cli: readonly string[],
  args: readonly string[],
): Promise<unknown> {
  const { code, stdout, stderr } = await new Deno.Command("redis-cli", {
    args: ["-h", "127.0.0.1", "-p", `${port}`, ...cli, "-e", "--json", ...args],
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout).trim();
  if (code !== 0) {
    throw new Error(`redis-cli ${args[0]}: ${text}${new TextDecoder().decode(stderr)}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    // What is meant for people to read comes as it is.
    return text;
  }
}

/** Has a server take commands with any bytes in them, all at once. Throws where it refuses one. */
export async function feed(
  { port }: Pick<RedisProcess, "port">,
  commands: Iterable<readonly (string | Uint8Array)[]>,
): Promise<void> {
  const child = new Deno.Command("redis-cli", {
    args: ["-h", "127.0.0.1", "-p", `${port}`, "--pipe"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  for (const command of commands) await writer.write(encoded(command));
  await writer.close();
  const { code, stdout } = await child.output();
  if (code !== 0) throw new Error(`redis-cli --pipe: ${new TextDecoder().decode(stdout)}`);
}

function encoded(command: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const parts: number[] = [...encoder.encode(`*${command.length}\r\n`)];
  for (const word of command) {
    const bytes = typeof word === "string" ? encoder.encode(word) : word;
    parts.push(...encoder.encode(`$${bytes.length}\r\n`), ...bytes, 13, 10);
  }
  return new Uint8Array(parts);
}
