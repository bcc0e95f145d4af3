import process from "node:process";
import { test } from "node:test";
import { fileSetup } from "../conformance/file_setup.ts";

// The built package, where there is one to be tested, else the source.
const built = process.env.PAPYRA_PACKAGE;
const { InMemoryPersistence, JsonFilePersistence }: typeof import("../../mod.ts") = await import(
  built ? `${built}/mod.js` : "../../mod.ts"
);
const { conformanceCases }: typeof import("../../lib/testing/conformance.ts") = await import(
  built ? `${built}/lib/testing/conformance.js` : "../../lib/testing/conformance.ts"
);

const memory = conformanceCases(() => ({
  open: (options) => Promise.resolve(new InMemoryPersistence(options)),
  dispose: () => Promise.resolve(),
}));
const jsonFile = conformanceCases(
  fileSetup((path, options) => new JsonFilePersistence(path, options)),
);

for (const { name, run } of memory) test(`memory: ${name}`, run);
for (const { name, run } of jsonFile) test(`json file: ${name}`, run);
