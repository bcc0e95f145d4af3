import { JsonFilePersistence } from "../../lib/backends/file/json_file_persistence.ts";
import { conformanceCases } from "../../lib/testing/conformance.ts";
import { fileSetup } from "./file_setup.ts";

const cases = conformanceCases(
  fileSetup((path, options) => new JsonFilePersistence(path, options)),
);

for (const { name, run } of cases) Deno.test(`json file: ${name}`, run);
