/**
 * Counts what becomes of a store's segments where they are compressed.
 *
 * @module
 */

import type { Compression } from "../../../model/compression.ts";
import type { CompressionCounts } from "../../../model/report.ts";
import type { StorePart } from "../store/store_part.ts";

/** The counts. */
export class CompressionTally {
  /** The form that segments are to have. */
  readonly form: Compression;
  #segments = 0;
  #segmentsBefore = 0;
  #segmentsLeft = 0;
  #beforeBytes = 0;
  #afterBytes = 0;

  constructor(form: Compression) {
    this.form = form;
  }

  /** Whether a file is one to be compressed. Counts those that are already. */
  takes({ role, compression }: StorePart): boolean {
    if (compression !== null) this.#segmentsBefore++;
    return role === "sealed" && compression === null;
  }

  /** One was compressed to so many bytes, or left as it is. */
  note(beforeBytes: number, afterBytes: number | null): void {
    if (afterBytes === null) {
      this.#segmentsLeft++;
      return;
    }
    this.#segments++;
    this.#beforeBytes += beforeBytes;
    this.#afterBytes += afterBytes;
  }

  /** What they come to. */
  counts(isPlan: boolean): CompressionCounts {
    return {
      form: this.form,
      segments: this.#segments,
      segmentsBefore: this.#segmentsBefore,
      segmentsLeft: this.#segmentsLeft,
      beforeBytes: this.#beforeBytes,
      afterBytes: isPlan ? null : this.#afterBytes,
    };
  }
}
