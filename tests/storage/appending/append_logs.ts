/**
 * Append logs for tests.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { AppendLog, type AppendLogOptions } from "../../../lib/storage/appending/append_log.ts";
import type { LogRecord } from "../../../lib/storage/appending/log_record.ts";
import type { FileSystem } from "../../../lib/storage/file_system.ts";
import { nativeFileSystem } from "../../../lib/storage/native/native_file_system.ts";
import { Sidecar } from "../../../lib/storage/sidecar.ts";

/** What tests set; the rest is as a store has it. */
export interface LogOptions extends Partial<AppendLogOptions> {
  readonly fileSystem?: FileSystem;
}

/** A log that is closed when it is let go of. */
export class TestLog extends AppendLog implements AsyncDisposable {
  [Symbol.asyncDispose](): Promise<void> {
    // A test may have made it fail, and have seen that.
    return this.close().catch(() => {});
  }
}

/** The sidecar of a log. */
export function sidecarOf(path: string, fileSystem: FileSystem = nativeFileSystem): Sidecar {
  return new Sidecar(fileSystem, join(dirname(path), ".log.papyra"));
}

/** Opens a log. */
export function openLog(path: string, options: LogOptions = {}): TestLog {
  const fileSystem = options.fileSystem ?? nativeFileSystem;
  const sidecar = sidecarOf(path, fileSystem);
  return new TestLog({
    fileSystem,
    path,
    durability: "always",
    queueBytesMax: 64 * 1024 * 1024,
    maintenanceLockPath: sidecar.pathOf("maintenanceLock"),
    readDurableSeq: async () => (await sidecar.readState()).durableSeq,
    readSealedSeqs: () => Promise.resolve({ shown: 0, named: 0 }),
    limits: {},
    now: () => 0,
    onSealed: () => {},
    onSealFailed: () => {},
    onDurable: () => {},
    onWritten: () => {},
    onSynced: () => {},
    ...options,
  });
}

/** A record. */
export function json(index: number): LogRecord {
  return { json: JSON.stringify({ kind: "event", timestamp: 1, event_type: `E${index}` }) };
}

/** So many records. */
export function jsons(count: number): LogRecord[] {
  return Array.from({ length: count }, (_, index) => json(index));
}
