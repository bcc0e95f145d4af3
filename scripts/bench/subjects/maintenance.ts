/**
 * Maintenance through the module.
 *
 * @module
 */

import { statSync } from "node:fs";
import { openStore } from "../../../mod.ts";
import type { SubjectOptions } from "../subject.ts";
import { secondsOf } from "./_timed.ts";

/** Bytes a second of a scan. */
export function scan({ path }: SubjectOptions): Promise<number> {
  return bytesPerSecond(path, async () => {
    await using store = await openStore(`file:${path}`);
    await store.scan();
  });
}

/** Bytes a second of a compaction that keeps the newest `records`. */
export function compact({ path, records = 0 }: SubjectOptions): Promise<number> {
  return bytesPerSecond(path, async () => {
    await using store = await openStore(`file:${path}`);
    await store.compact({ retention: { maxRecords: records } });
  });
}

/** Bytes a second of a recovery. */
export function recover({ path }: SubjectOptions): Promise<number> {
  return bytesPerSecond(path, async () => {
    await using store = await openStore(`file:${path}`);
    await store.recover({ mode: "repair" });
  });
}

async function bytesPerSecond(path: string, body: () => Promise<void>): Promise<number> {
  const { size } = statSync(path);
  return size / await secondsOf(body);
}
