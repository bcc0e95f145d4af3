/**
 * The conformance suite, for those who write a backend of their own.
 *
 * It says what Papyra's contract means, case by case, and belongs to no test runner: hand each case
 * to the one in use. What a backend cannot do, by its `backendCapabilities()`, has to be refused.
 *
 * @example
 * ```ts
 * import { InMemoryPersistence } from "@papyra/papyra";
 * import { conformanceCases } from "@papyra/papyra/testing";
 *
 * const cases = conformanceCases(() => ({
 *   open: (options) => Promise.resolve(new InMemoryPersistence(options)),
 *   dispose: () => Promise.resolve(),
 * }));
 * for (const { name, run } of cases.slice(0, 3)) {
 *   await run(); // or Deno.test(name, run)
 *   console.log("ok", name);
 * }
 * ```
 *
 * @module
 */

export * from "./lib/testing/conformance.ts";
