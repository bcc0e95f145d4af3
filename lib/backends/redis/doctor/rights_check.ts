/**
 * What the user of a store may do on a server: commands are tried in a transaction that never runs,
 * over a connection that is closed then. That takes no right to ask about rights.
 *
 * @module
 */

import type { ServerFinding } from "../../../model/server_report.ts";
import type { Command } from "../servers/command.ts";
import { quarantineKey, type StreamKeys } from "../config/stream_keys.ts";
import type { Connection } from "../servers/connection.ts";
import { ServerRefusal } from "../servers/server_error.ts";
import { failed, ok, warning } from "../../../model/finding.ts";
import type { Inquiry } from "./inquiry.ts";

interface Use {
  /** What it is for. */
  readonly what: string;
  /** Whether nothing goes without it. */
  readonly isNeeded: boolean;
  readonly commands: readonly Command[];
}

/** Whether it may run every command that the store uses, on the store's keys. */
export async function checkRights(inquiry: Inquiry, trial: Connection): Promise<ServerFinding> {
  const { keys, username = "default", minReplicas } = inquiry.config;
  const user = await inquiry.user() ?? username;
  if (!await isTaken(trial, ["MULTI"])) {
    const reason = `user "${user}" may not run MULTI, which recording several at once takes`;
    return failed(null, `${reason}; nothing else can be asked without it`, MORE_RIGHTS);
  }
  const refusals: { use: Use; names: string[] }[] = [];
  let asked = 0;
  for (const use of usesOf(keys, minReplicas)) {
    asked += use.commands.length;
    const areTaken = await Promise.all(use.commands.map((command) => isTaken(trial, command)));
    const refused = use.commands.filter((_, index) => !areTaken[index]);
    const names = [...new Set(refused.map(nameOf))];
    if (names.length > 0) refusals.push({ use, names });
  }
  const refused = refusals.reduce((sum, { names }) => sum + names.length, 0);
  const figures = { asked, refused };
  if (refused === 0) return ok(`user "${user}" may run every command on every key`, figures);
  const parts = refusals.map(({ use, names }) => `${names.join(", ")} for ${use.what}`);
  const reason = `user "${user}" may not run, or not on every key: ${parts.join("; ")}`;
  return refusals.some(({ use }) => use.isNeeded)
    ? failed(null, reason, MORE_RIGHTS, figures)
    : warning(reason, MORE_RIGHTS, figures);
}

const MORE_RIGHTS = "give it the rights with ACL SETUSER";

// Within a transaction a server looks at the rights at once, and does nothing before EXEC.
async function isTaken(trial: Connection, command: Command): Promise<boolean> {
  try {
    await trial.call(command);
    return true;
  } catch (error) {
    if (!(error instanceof ServerRefusal)) throw error;
    return error.word !== "NOPERM";
  }
}

function nameOf([name, subcommand]: Command): string {
  const isPart = ["XGROUP", "XINFO", "CLIENT", "MEMORY"].includes(String(name));
  return isPart ? `${name} ${subcommand}` : String(name);
}

function usesOf(keys: StreamKeys, minReplicas: number): Use[] {
  const streams = Object.values(keys.streams);
  const onEach = (commandOn: (key: string) => Command) => streams.map(commandOn);
  return [
    {
      what: "recording",
      isNeeded: true,
      commands: [
        ...onEach((key) => ["XADD", key, "*", "data", "{}"]),
        ...onEach((key) => ["XINFO", "STREAM", key]),
        ...(minReplicas > 0 ? [["WAIT", "1", "1"]] : []),
      ],
    },
    {
      what: "reading",
      isNeeded: true,
      commands: [
        ...onEach((key) => ["XRANGE", key, "-", "+"]),
        ...onEach((key) => ["XREVRANGE", key, "+", "-"]),
        ["XREAD", "STREAMS", streams[0]!, "$"],
        ["TYPE", streams[0]!],
      ],
    },
    {
      what: "settling what a broken connection left",
      isNeeded: false,
      commands: [["INFO", "server"], ["CLIENT", "KILL", "ID", "1"]],
    },
    { what: "many records at once", isNeeded: false, commands: [["EVAL", "return 0", "0"]] },
    { what: "maintenance", isNeeded: false, commands: maintenanceOf(keys) },
    {
      what: "counters",
      isNeeded: false,
      commands: [
        ["HGETALL", keys.metrics],
        ["HKEYS", keys.metrics],
        ["HGET", keys.metrics, "scans"],
        ["HSET", keys.metrics, "scans", "1"],
        ["HSETNX", keys.metrics, "scans", "1"],
        ["HINCRBY", keys.metrics, "scans", "1"],
        ["HDEL", keys.metrics, "scans"],
      ],
    },
    {
      what: "consumer groups",
      isNeeded: false,
      commands: streams.flatMap((key) => groupCommandsOf(key)),
    },
  ];
}

function maintenanceOf({ streams, maintenance, receipts, quarantine }: StreamKeys): Command[] {
  return [
    ["SET", maintenance, "0"],
    ["GET", maintenance],
    ["DEL", maintenance],
    ["PEXPIRE", maintenance, "1"],
    ["XADD", receipts, "*", "data", "{}"],
    ["XRANGE", receipts, "-", "+"],
    ...Object.values(streams).flatMap((key) => [
      ["XTRIM", key, "MINID", "0"],
      ["XDEL", key, "0-1"],
      ["MEMORY", "USAGE", key],
      ["XINFO", "GROUPS", key],
      ["XADD", quarantineKey(quarantine, key), "*", "data", "{}"],
    ]),
  ];
}

function groupCommandsOf(key: string): Command[] {
  return [
    ["XGROUP", "CREATE", key, "g", "0"],
    ["XREADGROUP", "GROUP", "g", "c", "STREAMS", key, ">"],
    ["XACK", key, "g", "0-1"],
    ["XCLAIM", key, "g", "c", "0", "0-1"],
    ["XPENDING", key, "g"],
    ["XINFO", "GROUPS", key],
    ["XINFO", "CONSUMERS", key, "g"],
  ];
}
