/**
 * What figures depend on: the machine, and the versions of all that ran.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { availableParallelism, release, totalmem } from "node:os";
import { DatabaseSync } from "node:sqlite";
import config from "../../deno.json" with { type: "json" };
import { findBun } from "../_bun.ts";
import { captureOrThrow } from "../_run.ts";
import { type ProgramName, versionOfProgram } from "./_programs.ts";

const PACKAGES = ["classic-level", "rotating-file-stream", "sonic-boom"] as const;

/** The machine that figures are from. */
export interface Machine {
  /** The model of its processor. */
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** The kernel's name and release. */
  readonly system: string;
  /** Where the files were: device and file system. */
  readonly disk: string;
}

/** What is told of the machine, and of the disk that a directory is on. */
export async function describeMachine(directory: string): Promise<Machine> {
  const columns = await captureOrThrow("df", ["--output=source,fstype", directory]);
  const [device = "?", fileSystem = "?"] = columns.trim().split("\n").at(-1)!.split(/\s+/);
  const [, cpu = "?"] = /^model name\s*:\s*(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8")) ??
    [];
  return {
    cpu,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `Linux ${release()}`,
    disk: `${device}, ${fileSystem}`,
  };
}

/** The versions of all that ran, by name. */
export async function describeVersions(
  programs: readonly ProgramName[],
): Promise<{ readonly [name: string]: string }> {
  const versions: { [name: string]: string } = {
    Papyra: config.version,
    Deno: Deno.version.deno,
    Bun: (await captureOrThrow(await findBun(), ["--version"])).trim(),
  };
  versions["coreutils"] = await versionOfCoreutils();
  for (const name of programs) versions[name] = await versionOfProgram(name);
  versions["SQLite"] = versionOfSqlite();
  for (const name of PACKAGES) versions[name] = config.imports[name].split("@").at(-1)!;
  return versions;
}

async function versionOfCoreutils(): Promise<string> {
  const [, version = "?"] = /^cp .*?([\d.]+)$/m.exec(await captureOrThrow("cp", ["--version"])) ??
    [];
  return version;
}

function versionOfSqlite(): string {
  const database = new DatabaseSync(":memory:");
  try {
    return String(database.prepare("SELECT sqlite_version() AS version").get()!["version"]);
  } finally {
    database.close();
  }
}
