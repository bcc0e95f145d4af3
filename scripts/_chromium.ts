/**
 * The browser that the tests of the page start.
 *
 * @module
 */

import { capture, captureOrThrow } from "./_run.ts";
import { say } from "./_say.ts";

/** Installs it where it is missing and can be installed. Throws where it cannot: no test is passed over. */
export async function installChromium(): Promise<void> {
  if (await isInstalled()) return;
  say("Installing chromium with apt-get");
  try {
    await captureOrThrow("apt-get", ["update", "-qq"]);
    await captureOrThrow("apt-get", ["install", "-y", "-qq", "chromium"]);
  } catch (cause) {
    throw new Error("chromium is missing: install it, so that it can be run as `chromium`", {
      cause,
    });
  }
}

async function isInstalled(): Promise<boolean> {
  try {
    return (await capture("chromium", ["--version"])).code === 0;
  } catch {
    return false;
  }
}
