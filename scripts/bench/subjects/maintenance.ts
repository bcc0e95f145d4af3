/**
 * Maintenance through the module.
 *
 * @module
 */

import { statSync } from "node:fs";
import { openStore } from "../../../mod.ts";
import type { SubjectOptions } from "../subject.ts";
import { secondsOf } from "./_timed.ts";

/** Megabytes a second of a scan. */
export function scan({ path }: SubjectOptions): Promise<number> {
  return megabytesPerSecond(path, async () => {
    await using store = await openStore(`file:${path}`);
    await store.scan();
  });
}

/** Megabytes a second of a compaction. */
export function compact({ path, retention = {} }: SubjectOptions): Promise<number> {
  return megabytesPerSecond(path, async () => {
    await using store = await openStore(`file:${path}`);
    await store.compact({ retention });
  });
}

/** Megabytes a second of a recovery. */
export function recover({ path }: SubjectOptions): Promise<number> {
  return megabytesPerSecond(path, async () => {
    await using store = await openStore(`file:${path}`);
    await store.recover({ mode: "repair" });
  });
}

async function megabytesPerSecond(path: string, body: () => Promise<void>): Promise<number> {
  const { size } = statSync(path);
  return size / 1e6 / await secondsOf(body);
}
