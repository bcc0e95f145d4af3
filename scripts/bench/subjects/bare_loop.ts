/**
 * The limit of writing lines: JSON, checksum, write and sync, and nothing else. No lock, no queue, nobody
 * to answer, nothing checked.
 *
 * @module
 */

import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { paddedRecord } from "../_sample_record.ts";
import type { SubjectOptions } from "../subject.ts";
import { recordsPerSecond, secondsOf } from "./_timed.ts";

const encoder = new TextEncoder();

/** Records a second, each written and synced before the next. */
export function writeAndSyncEach(options: SubjectOptions): Promise<number> {
  return writeBatches({ ...options, batch: 1 });
}

/** Records a second, written and synced in batches. */
export function writeBatches(options: SubjectOptions): Promise<number> {
  const { batch = 1, durability = "always", paddingBytes = 0, yields = false } = options;
  return recordsPerSecond(options, async (path, records) => {
    const file = openSync(path, "a");
    try {
      return await secondsOf(async () => {
        for (let seq = 1; seq <= records; seq += batch) {
          let lines = "";
          for (let each = seq; each < seq + batch; each++) lines += lineOf(each, paddingBytes);
          writeSync(file, encoder.encode(lines));
          if (durability === "always") fdatasyncSync(file);
          if (yields) await setImmediate();
        }
      });
    } finally {
      closeSync(file);
    }
  });
}

function lineOf(seq: number, paddingBytes: number): string {
  const json = JSON.stringify(paddedRecord(seq, paddingBytes));
  const open = `${json.slice(0, -1)},"seq":${seq}`;
  return `${open},"crc":"${crc32(open).toString(16).padStart(8, "0")}"}\n`;
}
