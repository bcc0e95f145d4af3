/**
 * A store whose active file is sealed once it has grown enough, so that no file grows without end.
 *
 * @module
 */

import type { BackendCapabilities } from "../../backend/backend.ts";
import type { RotationReport } from "../../model/report.ts";
import { type SegmentLimits, validateLimits } from "../../storage/appending/segment_limits.ts";
import { type FileOptions, FilePersistence } from "./file_persistence.ts";

/** Options of {@linkcode RotatingFilePersistence}. */
export interface RotatingFileOptions extends FileOptions, SegmentLimits {
  /** Bytes of the active file from which on it is sealed. @default {64 MiB} */
  readonly maxBytes?: number;
  /**
   * Files kept beside the active one, a hard cap: when there are more, the oldest go with all that is
   * in them, counted and with a receipt. Retention is the finer tool. @default {no limit}
   */
  readonly maxFiles?: number;
}

/** Those that say when a file is sealed. */
export type RotationOptions = Omit<RotatingFileOptions, keyof FileOptions>;

const SEGMENT_BYTES_MAX = 64 * 1024 * 1024;

/**
 * A store in segments: an active file `PATH`, and sealed ones `PATH.<first sequence number>` that are
 * never written to again. Any number of processes may write.
 *
 * Nothing is dropped by rotation; retention and compaction, or `maxFiles`, bound the whole. Throws
 * INVALID_ARGUMENT for a limit that is not a number from 1 up. See {@linkcode JsonFilePersistence} for
 * what writing needs.
 *
 * @example
 * ```ts
 * import { RotatingFilePersistence } from "@papyra/papyra";
 *
 * const directory = await Deno.makeTempDir();
 * await using store = new RotatingFilePersistence(`${directory}/events.ndjson`, { maxRecords: 2 });
 * for (let n = 1; n <= 3; n++) await store.recordEvent({ eventType: "Tick", payload: { n } });
 * console.log([...Deno.readDirSync(directory)].map(({ name }) => name).sort().slice(1));
 * // [ "events.ndjson", "events.ndjson.0000000000000001" ]
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export class RotatingFilePersistence extends FilePersistence {
  /** The class's name. */
  override readonly name: string = "RotatingFilePersistence";

  /**
   * Opens nothing yet.
   *
   * @param path where the active file is, or is to be made by the first write
   */
  constructor(path: string, options: RotatingFileOptions = {}) {
    const { maxBytes = SEGMENT_BYTES_MAX, maxRecords, maxAgeSeconds, maxFiles } = options;
    const limits = {
      maxBytes,
      ...(maxRecords === undefined ? {} : { maxRecords }),
      ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
      ...(maxFiles === undefined ? {} : { maxFiles }),
    };
    validateLimits(limits);
    super(path, options, limits);
  }

  /** Everything. */
  override backendCapabilities(): BackendCapabilities {
    return { ...super.backendCapabilities(), rotate: true };
  }

  /** Seals the active file. */
  protected override _rotate(signal: AbortSignal | undefined): Promise<RotationReport> {
    return this.seal(signal);
  }
}
