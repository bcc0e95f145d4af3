/** Counts what was tried, and says so at the end where `PAPYRA_TALLY` is set. */

const counts = new Map<string, number>();
const isTold = Deno.env.has("PAPYRA_TALLY");

/** Adds to a count. */
export function tally(what: string, amount: number): void {
  counts.set(what, (counts.get(what) ?? 0) + amount);
}

if (isTold) {
  globalThis.addEventListener("unload", () => {
    const lines = [...counts].map(([what, count]) => `${count} ${what}\n`).join("");
    Deno.stdout.writeSync(new TextEncoder().encode(lines));
  });
}
