/**
 * The second look at numbers that do not rise: which stand twice, and whether their lines are the same.
 *
 * @module
 */

import { createHash } from "../../../storage/late_modules.ts";
import { bareLine } from "../../../storage/lines/line_classifier.ts";
import type { SeqSuspect } from "./sequence_check.ts";
import type { StoreLine } from "../store/store_lines.ts";

/** What a number that does not rise turned out to be. */
export interface SuspectVerdict extends SeqSuspect {
  /** The same line again but for its end or a byte-order mark, another line with the same number, or only in the wrong place. */
  readonly kind: "identical" | "different" | "misplaced";
}

/** Takes in the lines again, all of them, and decides on `suspects`, which are in store order. */
export async function judgeSuspects(
  batches: AsyncIterable<readonly StoreLine[]>,
  suspects: readonly SeqSuspect[],
): Promise<SuspectVerdict[]> {
  if (suspects.length === 0) return [];
  const wanted = new Set(suspects.map(({ seq }) => seq));
  const suspectAt = new Map(suspects.map((suspect) => [suspect.place.position, suspect]));
  const firstDigests = new Map<number, string>();
  const verdicts: SuspectVerdict[] = [];
  for await (const lines of batches) {
    for (const { bytes, offset, position, verdict } of lines) {
      if (verdict.seq === null || verdict.state === "damaged" || !wanted.has(verdict.seq)) continue;
      const digest = createHash("sha256").update(bareLine(bytes, offset === 0)).digest("base64");
      const first = firstDigests.get(verdict.seq);
      if (first === undefined) firstDigests.set(verdict.seq, digest);
      const suspect = suspectAt.get(position);
      if (suspect === undefined) continue;
      const kind = first === undefined ? "misplaced" : first === digest ? "identical" : "different";
      verdicts.push({ ...suspect, kind });
    }
  }
  return verdicts;
}

/** Where lines stand that are the same as an earlier one. */
export function positionsOfRepeats(verdicts: readonly SuspectVerdict[]): number[] {
  return verdicts.filter(({ kind }) => kind === "identical").map(({ place }) => place.position);
}
