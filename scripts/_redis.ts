/**
 * The Redis server that the tests start.
 *
 * @module
 */

import { capture, captureOrThrow } from "./_run.ts";
import { say } from "./_say.ts";

/** Installs it where it is missing and can be installed. Throws where it cannot: no test is passed over. */
export async function installRedis(): Promise<void> {
  if (await isInstalled()) return;
  say("Installing redis-server with apt-get");
  try {
    await captureOrThrow("apt-get", ["update", "-qq"]);
    await captureOrThrow("apt-get", ["install", "-y", "-qq", "redis-server", "redis-tools"]);
  } catch (cause) {
    throw new Error("redis-server is missing: install it, version 7.0 or newer, with redis-cli", {
      cause,
    });
  }
}

async function isInstalled(): Promise<boolean> {
  try {
    const versions = ["redis-server", "redis-cli"].map((name) => capture(name, ["--version"]));
    return (await Promise.all(versions)).every(({ code }) => code === 0);
  } catch {
    return false;
  }
}
