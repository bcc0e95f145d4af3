/** Counts what was tried, and says so at the end where `PAPYRA_TALLY` is set. */

const counts = new Map<string, number>();
const texts: string[] = [];

/** Adds to a count. */
export function tally(what: string, amount: number): void {
  counts.set(what, (counts.get(what) ?? 0) + amount);
}

/** Keeps a text for the end. */
export function tellLater(text: string): void {
  texts.push(text);
}

if (Deno.env.has("PAPYRA_TALLY")) {
  globalThis.addEventListener("unload", () => {
    const lines = [...counts].map(([what, count]) => `${count} ${what}\n`);
    Deno.stdout.writeSync(new TextEncoder().encode([...texts, ...lines].join("")));
  });
}
