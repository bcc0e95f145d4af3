/**
 * The totals of a store of files: `metrics.json` in its sidecar. Every process adds its share under the
 * sidecar's lock, by putting a new file in place of the old one: all of it or nothing, and once.
 *
 * @module
 */

import { PapyraError } from "../../../errors.ts";
import {
  addShares,
  checkedShare,
  type KeptTotals,
  type MetricsShare,
  NO_TOTALS,
} from "../../../metrics/share.ts";
import { hasTrailer, isIntact, sealLine } from "../../../storage/lines/line_codec.ts";
import type { FileStore } from "./file_store.ts";

/** The version of the file's form. */
const FORMAT = 1;

type FoundObject = Readonly<Record<string, unknown>>;

/** Reads the totals. */
export async function loadTotals({ sidecar }: FileStore): Promise<KeptTotals> {
  return decodeTotals(await sidecar.readMetrics());
}

/** Adds to them; false where they are not to be added to. Where nothing was written, no sidecar is made for it. */
export async function addToTotals(store: FileStore, share: MetricsShare): Promise<boolean> {
  const { sidecar } = store;
  const isWriter = Object.keys(share.counts).some((name) => name.startsWith("records_written"));
  if (!sidecar.exists && !isWriter) return false;
  return await sidecar.changeMetrics((text) => {
    const kept = decodeTotals(text);
    if (kept.state === "newer") return null;
    const isBegun = kept.state === "kept";
    return encodeTotals({
      ...addShares(kept, share),
      since: isBegun ? kept.since : store.now(),
      restarts: kept.restarts + Number(kept.state === "broken"),
    });
  });
}

/** Sets them to zero. Throws UNSUPPORTED_VERSION where a newer version keeps them. */
export async function resetTotals(store: FileStore): Promise<void> {
  const { sidecar } = store;
  if (!sidecar.exists) return;
  await sidecar.changeMetrics((text) => {
    const { state, marks } = decodeTotals(text);
    if (state === "newer") throw newerMetrics(sidecar.pathOf("metrics"));
    return encodeTotals({ counts: {}, marks, since: store.now(), restarts: 0 });
  });
}

/** The file's content. */
export function encodeTotals(
  { counts, marks, since, restarts }: Pick<KeptTotals, "counts" | "marks" | "since" | "restarts">,
): string {
  const json = JSON.stringify({ format: FORMAT, since, restarts, counts, marks });
  return `${sealLine(json.slice(0, -1))}\n`;
}

/** What the file's content says; null stands for no file. */
export function decodeTotals(text: string | null): KeptTotals {
  if (text === null) return NO_TOTALS;
  const found = parsed(text);
  if (found === null) {
    const reason = "metrics.json is damaged: the next count begins anew";
    return { ...NO_TOTALS, state: "broken", reason };
  }
  const { format, counts, marks, since, restarts } = found;
  // The first versions had nothing but counters.
  if (format === undefined) return { ...NO_TOTALS, ...checkedShare(found, {}), state: "kept" };
  const share = checkedShare(asObject(counts), asObject(marks));
  const isNewer = typeof format !== "number" || format > FORMAT;
  return {
    ...share,
    state: isNewer ? "newer" : "kept",
    reason: isNewer
      ? "a newer version of papyra keeps the metrics: this one only reads them"
      : null,
    since: typeof since === "number" ? since : null,
    restarts: typeof restarts === "number" ? restarts : 0,
  };
}

function parsed(text: string): FoundObject | null {
  const line = new TextEncoder().encode(text.trimEnd());
  if (hasTrailer(line) && !isIntact(line)) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
    const found = value as FoundObject;
    return found["format"] === FORMAT && !hasTrailer(line) ? null : found;
  } catch {
    return null;
  }
}

function asObject(value: unknown): FoundObject {
  return typeof value === "object" && value !== null ? value as FoundObject : {};
}

function newerMetrics(file: string): PapyraError {
  return new PapyraError(
    "UNSUPPORTED_VERSION",
    `Cannot reset the metrics in "${file}": a newer version of papyra keeps them; use that one`,
    { file },
  );
}
