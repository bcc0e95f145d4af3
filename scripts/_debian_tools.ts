/**
 * Programs that the tests need beside Deno, as Debian has them.
 *
 * @module
 */

import { capture, captureOrThrow } from "./_run.ts";
import { say } from "./_say.ts";

/** The Redis servers that tests start. */
export function installRedis(): Promise<void> {
  return install(["redis-server", "redis-cli"], ["redis-server", "redis-tools"]);
}

/** What asks over HTTP as users do. */
export function installCurl(): Promise<void> {
  return install(["curl", "jq"], ["curl", "jq"]);
}

/** The browser that the tests of the page start. */
export function installChromium(): Promise<void> {
  return install(["chromium"], ["chromium"]);
}

/** What knows whether metrics are as Prometheus wants them. */
export function installPromtool(): Promise<void> {
  return install(["promtool"], ["prometheus"]);
}

/** What knows whether units for systemd are sound. */
export function installSystemd(): Promise<void> {
  return install(["systemd-analyze"], ["systemd"]);
}

let installing: Promise<void> = Promise.resolve();

/**
 * Installs packages where one of these programs is missing and can be installed. Throws where it cannot:
 * no test is passed over. One after another, as apt-get wants it.
 */
function install(programs: readonly string[], packages: readonly string[]): Promise<void> {
  const installed = installing.then(() => installMissing(programs, packages));
  installing = installed.catch(() => {});
  return installed;
}

async function installMissing(
  programs: readonly string[],
  packages: readonly string[],
): Promise<void> {
  if (await areInstalled(programs)) return;
  say(`Installing ${packages.join(", ")} with apt-get`);
  try {
    await captureOrThrow("apt-get", ["update", "-qq"]);
    await captureOrThrow("apt-get", [
      "install",
      "-y",
      "-qq",
      "--no-install-recommends",
      ...packages,
    ]);
  } catch (cause) {
    throw new Error(`${programs.join(" or ")} is missing: install ${packages.join(", ")}`, {
      cause,
    });
  }
}

async function areInstalled(programs: readonly string[]): Promise<boolean> {
  try {
    const versions = programs.map((name) => capture(name, ["--version"]));
    return (await Promise.all(versions)).every(({ code }) => code === 0);
  } catch {
    return false;
  }
}
