import fc from "fast-check";
import { anyDamage } from "./damage.ts";
import { anyStore } from "./store_parts.ts";
import { damageCaseOf } from "./damage_case.ts";
import { DAMAGE_PROPERTIES } from "./damage_properties.ts";
import { STORE } from "./subject.ts";
const seed = Number(Deno.args[0] ?? 1), runs = Number(Deno.args[1] ?? 500);
const only = Deno.args[2];
for (const [name, prop] of Object.entries(DAMAGE_PROPERTIES)) {
  if (only && !name.includes(only)) continue;
  const recipe = fc.record({
    parts: anyStore,
    damages: fc.array(anyDamage, { minLength: 0, maxLength: 4 }),
    keepsState: fc.boolean(),
  });
  const t = performance.now();
  const r = await fc.check(
    fc.asyncProperty(recipe, async (x) => {
      await prop(await damageCaseOf(x), STORE);
    }),
    { seed, numRuns: runs },
  );
  console.log(
    name,
    r.failed ? "FAILED" : "ok",
    r.numRuns,
    r.numShrinks,
    Math.round(performance.now() - t),
    "ms",
  );
  if (r.failed) {
    const c = r.counterexample![0];
    const dc = await damageCaseOf(c);
    console.log(JSON.stringify(c.damages), c.keepsState, JSON.stringify(c.parts));
    console.log(new TextDecoder().decode(dc.written));
    console.log("--- found");
    console.log(JSON.stringify(new TextDecoder("latin1").decode(dc.found)));
    console.log(String((r.errorInstance as Error)?.message).slice(0, 1500));
    if (!String((r.errorInstance as Error)?.stack).includes("AssertionError")) {
      console.log((r.errorInstance as Error)?.stack);
    }
  }
}
