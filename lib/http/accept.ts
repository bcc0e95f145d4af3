/**
 * What form of an answer somebody would rather have, as the header Accept tells it.
 *
 * @module
 */

/** The type that is liked best; the first of those that are liked alike, or where none is liked. */
export function preferredType(accept: string | null, types: readonly string[]): string {
  const ranges = (accept ?? "*/*").split(",").map(readRange);
  const weights = types.map((type) => weightOf(type, ranges));
  return types[weights.indexOf(Math.max(...weights))]!;
}

interface Range {
  readonly type: string;
  readonly weight: number;
}

function readRange(text: string): Range {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  const weight = q === undefined ? 1 : Number(q);
  return { type, weight: weight >= 0 && weight <= 1 ? weight : 0 };
}

// The closest range counts, not the one that gives the most.
function weightOf(type: string, ranges: readonly Range[]): number {
  const [family] = type.split("/");
  for (const pattern of [type, `${family}/*`, "*/*"]) {
    const weights = ranges.filter((range) => range.type === pattern).map(({ weight }) => weight);
    if (weights.length > 0) return Math.max(...weights);
  }
  return 0;
}
