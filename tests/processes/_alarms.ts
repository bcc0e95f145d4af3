/**
 * Tells false alarms from true ones: what a scan may find follows from what was done to the store.
 *
 * @module
 */

import type { Anomaly, AnomalyCode } from "../../mod.ts";
import type { DamagedLine, FileTruth } from "./_file_truth.ts";

// What a fragment, or a line of something else, is called depends on where it was cut and stands.
const DAMAGE: ReadonlySet<AnomalyCode> = new Set([
  "TRUNCATED_LINE",
  "PARTIAL_WRITE",
  "CORRUPTED_LINE",
  "CHECKSUM_MISMATCH",
]);
// A killed process may leave a copy in the making and one of the caches.
const TEMPS_A_DEATH = 2;

/** Judges what scans report while processes die, from one sound state of the store to the next. */
export class Alarms {
  /** How many scans were judged. */
  scans = 0;
  /** How many of them ended before anything was done that they might find. */
  calmScans = 0;
  /** Every anomaly that was not there. */
  readonly false: Anomaly[] = [];
  #deaths = 0;
  #damages = 0;

  /** The store is sound again. */
  reset(): void {
    this.#deaths = 0;
    this.#damages = 0;
  }

  /** A process is about to be killed; one that writes may leave a fragment. */
  noteDeath(isWriter: boolean): void {
    this.#deaths++;
    if (isWriter) this.#damages++;
  }

  /** A line that is no record is about to be written. */
  noteJunk(): void {
    this.#damages++;
  }

  /** Whether nothing was done that a scan could find. */
  get isCalm(): boolean {
    return this.#deaths + this.#damages === 0;
  }

  /** Judges a scan that went on beside everything else. */
  judge(anomalies: readonly Anomaly[]): void {
    this.scans++;
    if (this.isCalm) this.calmScans++;
    this.#judge(anomalies, this.#damages);
  }

  /** Judges a scan of a store that nobody works on; throws where damage was not told. */
  judgeAtRest(anomalies: readonly Anomaly[], { damaged }: FileTruth): void {
    const isIn = ({ code, file, offset }: Anomaly) => (line: DamagedLine) =>
      DAMAGE.has(code) && file === line.file && line.from <= offset! && offset! <= line.to;
    const untold = damaged.filter((line) => !anomalies.some((anomaly) => isIn(anomaly)(line)));
    if (untold.length > 0) throw new Error(`Damage was not told: ${JSON.stringify(untold)}`);
    const isThere = (anomaly: Anomaly) => damaged.some(isIn(anomaly));
    this.false.push(...anomalies.filter((one) => DAMAGE.has(one.code) && !isThere(one)));
    this.#judge(anomalies.filter((one) => !DAMAGE.has(one.code)), 0);
  }

  #judge(anomalies: readonly Anomaly[], damagesMax: number): void {
    const damages = anomalies.filter(({ code }) => DAMAGE.has(code));
    const temps = anomalies.filter(({ code }) => code === "LEFTOVER_TEMP_FILE");
    this.false.push(
      ...damages.slice(damagesMax),
      ...temps.slice(this.#deaths * TEMPS_A_DEATH),
      ...anomalies.filter((one) => !damages.includes(one) && !temps.includes(one)),
    );
  }
}
