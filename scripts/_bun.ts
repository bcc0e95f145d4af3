/**
 * Bun, without anything installed: its binary comes as an npm package, which Deno fetches into its
 * own cache, where it is run in place.
 *
 * @module
 */

import { existsSync, readFileSync } from "node:fs";
import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DIST } from "./_paths.ts";
import { capture, captureOrThrow } from "./_run.ts";

// Pinned: what the executable is made of must not change by itself from one build to the next.
const BUN_VERSION = "1.4.5";

interface DenoInfo {
  readonly npmPackages: { readonly [name: string]: { readonly localPath: string } };
}

/** Path of a Bun binary that runs here. */
export async function findBun(): Promise<string> {
  const specifier = `npm:@oven/bun-${platformName()}@${BUN_VERSION}`;
  // Not in deno.json nor in its lock file: there it would be fetched on every platform.
  const isolated = ["--quiet", "--no-lock", "--no-config"];
  await captureOrThrow(Deno.execPath(), ["cache", ...isolated, specifier]);
  const info: DenoInfo = JSON.parse(
    await captureOrThrow(Deno.execPath(), ["info", "--json", ...isolated, specifier]),
  );
  const [entry] = Object.values(info.npmPackages);
  if (entry === undefined) throw new Error(`Cannot find ${specifier} in the cache of Deno`);
  const binary = join(entry.localPath, "bin", "bun");
  return await isRunnable(binary) ? binary : await runnableCopy(binary);
}

function platformName(): string {
  const arch = Deno.build.arch === "aarch64" ? "aarch64" : "x64";
  if (Deno.build.os !== "linux") return `${Deno.build.os}-${arch}`;
  const loader = arch === "x64" ? "/lib64/ld-linux-x86-64.so.2" : "/lib/ld-linux-aarch64.so.1";
  return `linux-${arch}${existsSync(loader) ? "" : "-musl"}${isOldX64() ? "-baseline" : ""}`;
}

// Bun's usual build needs AVX2, which some virtual machines do not have.
function isOldX64(): boolean {
  return Deno.build.arch === "x86_64" && !/\bavx2\b/.test(readFileSync("/proc/cpuinfo", "utf8"));
}

async function isRunnable(binary: string): Promise<boolean> {
  try {
    return (await capture(binary, ["--version"])).code === 0;
  } catch {
    return false;
  }
}

// A cache may be mounted noexec, or have lost the file's mode.
async function runnableCopy(binary: string): Promise<string> {
  const copy = join(DIST, ".tools", `bun-${BUN_VERSION}`);
  await mkdir(join(DIST, ".tools"), { recursive: true });
  if (!existsSync(copy)) await copyFile(binary, copy);
  await chmod(copy, 0o755);
  return copy;
}
