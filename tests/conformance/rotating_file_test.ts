import { RotatingFilePersistence } from "../../lib/backends/file/rotating_file_persistence.ts";
import { conformanceCases } from "../../lib/testing/conformance.ts";
import { fileSetup } from "./file_setup.ts";

// So small that nearly every case goes through several segments.
const TINY = [{ maxRecords: 1 }, { maxRecords: 3 }, { maxBytes: 500 }];

for (const limits of TINY) {
  const cases = conformanceCases(
    fileSetup((path, options) => new RotatingFilePersistence(path, { ...options, ...limits })),
  );
  const label = JSON.stringify(limits);
  for (const { name, run } of cases) Deno.test(`rotating file ${label}: ${name}`, run);
}
