/**
 * Gathers what a scan finds: all of it counted, as much of it in detail as there is room for.
 *
 * @module
 */

import { type Anomaly, ANOMALY_SEVERITIES, type AnomalyCode } from "../model/anomaly.ts";

const DETAILS_MAX = 10_000;

/** Anomalies in bounded memory. */
export class AnomalyCollector {
  readonly #details: { readonly position: number; readonly anomaly: Anomaly }[] = [];
  readonly #counts: { [C in AnomalyCode]?: number } = {};
  #total = 0;
  #errors = 0;

  /**
   * Adds one; what is not given is null, and the severity is the code's usual one. `position` is where
   * it stands when the store's files are laid end to end.
   */
  add(
    { position = 0, ...anomaly }:
      & Pick<Anomaly, "code" | "file" | "reason" | "next">
      & Partial<Anomaly>
      & { readonly position?: number },
  ): void {
    const severity = anomaly.severity ?? ANOMALY_SEVERITIES[anomaly.code];
    this.addUndetailed(anomaly.code, 1, severity);
    if (this.#details.length >= DETAILS_MAX) return;
    const unplaced = { offset: null, length: null, line: null, seq: null };
    this.#details.push({ position, anomaly: { ...unplaced, ...anomaly, severity } });
  }

  /** Counts some for which there are no details. */
  addUndetailed(code: AnomalyCode, count: number, severity = ANOMALY_SEVERITIES[code]): void {
    this.#counts[code] = (this.#counts[code] ?? 0) + count;
    this.#total += count;
    if (severity === "error") this.#errors += count;
  }

  /** What a report says of them, in the order in which they stand in the store. */
  summary() {
    return {
      healthy: this.#errors === 0,
      anomalies: this.#details.sort((one, other) => one.position - other.position)
        .map(({ anomaly }) => anomaly),
      anomalyCounts: this.#counts,
      anomaliesTotal: this.#total,
      detailsTruncated: this.#total > this.#details.length,
    };
  }
}
