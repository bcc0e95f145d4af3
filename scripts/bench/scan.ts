/**
 * A complete scan, beside `jq -e .` and a loop that does nothing but checksums.
 *
 * @module
 */

import { closeSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { openStore } from "../../mod.ts";
import { capture } from "../_run.ts";
import type { BenchContext, Workload } from "./_workload.ts";

const CHUNK_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/** Bytes a second. */
export const scan: Workload = {
  name: "scan",
  unit: "bytes",
  variants: (context) => [
    { name: "jq -e .", run: () => parseWithJq(context) },
    { name: "bare CRC loop", run: () => checksumLines(context) },
    { name: "papyra", run: () => scanStore(context) },
  ],
};

async function parseWithJq({ store, storeBytes }: BenchContext): Promise<number> {
  const { code } = await capture("sh", ["-c", 'jq -e . "$0" > /dev/null', store]);
  if (code !== 0) throw new Error(`Cannot read ${store} with jq: exit ${code}`);
  return storeBytes;
}

function checksumLines({ store, storeBytes }: BenchContext): number {
  const file = openSync(store, "r");
  const buffer = new Uint8Array(2 * CHUNK_BYTES);
  let kept = 0;
  for (;;) {
    const read = readSync(file, buffer, kept, CHUNK_BYTES, null);
    if (read === 0) break;
    const filled = buffer.subarray(0, kept + read);
    let start = 0;
    for (let end = filled.indexOf(NEWLINE); end !== -1; end = filled.indexOf(NEWLINE, start)) {
      crc32(filled.subarray(start, end));
      start = end + 1;
    }
    buffer.copyWithin(0, start, filled.length);
    kept = filled.length - start;
  }
  closeSync(file);
  return storeBytes;
}

async function scanStore({ store, storeBytes }: BenchContext): Promise<number> {
  await using backend = await openStore(`file:${store}`);
  const report = await backend.scan();
  if (!report.healthy) throw new Error(`Cannot measure: ${store} has anomalies`);
  return storeBytes;
}
