import { InMemoryPersistence } from "../../lib/backends/memory/in_memory_persistence.ts";
import { conformanceCases } from "../../lib/testing/conformance.ts";

const cases = conformanceCases(() => ({
  open: (options) => Promise.resolve(new InMemoryPersistence(options)),
  dispose: () => Promise.resolve(),
}));

for (const { name, run } of cases) Deno.test(`memory: ${name}`, run);
