/**
 * Seals the active file of a log: by itself once it has grown enough, or when asked to.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { type ActiveFile, SyncFailed, type WritePosition } from "./active_file.ts";
import type { OpenFile } from "../file_system.ts";
import { NUMBERING_BYTES_MAX } from "../format.ts";
import type { LogRequest } from "./log_record.ts";
import { isLimited, roomIn, type SegmentLimits } from "./segment_limits.ts";

/** A file that was sealed. */
export interface SealedSegment {
  /** Where it is. */
  readonly path: string;
  /** Its size. */
  readonly bytes: number;
  /** The first sequence number in it. */
  readonly firstSeq: number;
  /** The last sequence number in it. */
  readonly lastSeq: number;
}

/** What a sealer needs. */
export interface SealerOptions {
  /** When to seal without being asked. */
  readonly limits: SegmentLimits;
  /** The clock, in Unix seconds. */
  readonly now: () => number;
  /** Told of a segment that was sealed; must not throw. */
  onSealed(segment: SealedSegment): void;
  /** Told why a file could not be sealed that is due; records go into it meanwhile. Must not throw. */
  onSealFailed(error: unknown): void;
}

/** Says of each request whether the file can take it too. */
export type RoomCheck = (request: LogRequest) => boolean;

const RETRY_MS = 10_000;
const TAKES_ALL: RoomCheck = () => true;

/** Seals the active file of one log. Everything here happens under the file's lock. */
export class Sealer {
  readonly #options: SealerOptions;
  readonly #active: ActiveFile;
  /** Whether it ever seals without being asked. */
  readonly isLimited: boolean;
  #retryAtMs = 0;
  #aging = { identity: "", since: 0 };

  constructor(options: SealerOptions, active: ActiveFile) {
    this.#options = options;
    this.#active = active;
    this.isLimited = isLimited(options.limits);
  }

  /**
   * What the file can take, beginning with `next`; null once it was sealed. Throws {@linkcode SyncFailed}.
   */
  async roomFor(
    file: OpenFile,
    position: WritePosition,
    next: LogRequest | undefined,
  ): Promise<RoomCheck | null> {
    if (!this.isLimited || next === undefined) return TAKES_ALL;
    const firstSeq = await this.#active.firstSeq(file);
    const takes = this.#check(file, position, firstSeq);
    // What does not fit into an empty file does not fit into the next one either: it goes alone.
    if (takes(next) || firstSeq === null) return this.#check(file, position, firstSeq);
    if (performance.now() < this.#retryAtMs) return TAKES_ALL;
    try {
      await this.seal(file);
      return null;
    } catch (error) {
      if (error instanceof SyncFailed) throw error;
      // Records are worth more than the size of a file.
      this.#retryAtMs = performance.now() + RETRY_MS;
      this.#options.onSealFailed(error);
      return TAKES_ALL;
    }
  }

  /** Seals the file; null where it holds no record of ours. Throws {@linkcode SyncFailed}. */
  async seal(file: OpenFile): Promise<SealedSegment | null> {
    const firstSeq = await this.#active.firstSeq(file);
    if (firstSeq === null) return null;
    const sealed = await this.#active.seal(file, firstSeq);
    if (sealed === null) return null;
    const { path, size, lastSeq } = sealed;
    const segment = { path, bytes: size, firstSeq, lastSeq };
    this.#options.onSealed(segment);
    return segment;
  }

  #check(file: OpenFile, position: WritePosition, firstSeq: number | null): RoomCheck {
    const { limits } = this.#options;
    const room = roomIn(limits, {
      bytes: position.size,
      records: firstSeq === null ? 0 : position.nextSeq - firstSeq,
      ageSeconds: this.#ageOf(file, firstSeq === null),
    });
    let { bytes, records } = room ?? { bytes: 0, records: 0 };
    return (request) => {
      bytes -= bytesOf(request);
      records -= request.records.length;
      return bytes >= 0 && records >= 0;
    };
  }

  // Counted from the making of the file. A clock that jumped gives a file that is still empty no age,
  // so that not every write seals; and where it was put back behind the making, it counts from there.
  #ageOf(file: OpenFile, isEmpty: boolean): number {
    const { identity, createdMs } = file.stat();
    const nowSeconds = this.#options.now();
    if (this.#aging.identity !== identity) this.#aging = { identity, since: createdMs / 1000 };
    const { since } = this.#aging;
    if (isEmpty || nowSeconds < since) this.#aging = { identity, since: nowSeconds };
    return nowSeconds - this.#aging.since;
  }
}

function bytesOf({ records }: LogRequest): number {
  return records.reduce((sum, { json }) => sum + Buffer.byteLength(json) + NUMBERING_BYTES_MAX, 0);
}
