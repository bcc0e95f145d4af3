import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PersistenceBackend } from "../../lib/backend/backend.ts";
import type { PersistenceOptions } from "../../lib/backend/persistence_base.ts";
import type { ConformanceSetup } from "../../lib/testing/stage.ts";

/** Gives each case a folder of its own, in which `open` opens one path for each store. */
export function fileSetup(
  open: (path: string, options?: PersistenceOptions) => PersistenceBackend,
): () => Promise<ConformanceSetup> {
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), "papyra-conformance-"));
    const paths = new Map<PersistenceBackend, string>();
    const openAt = (path: string, options?: PersistenceOptions) => {
      const store = open(path, options);
      paths.set(store, path);
      return Promise.resolve(store);
    };
    return {
      open: (options) => openAt(join(folder, `${paths.size}.ndjson`), options),
      reopen: (store, options) => openAt(paths.get(store)!, options),
      dispose: () => rm(folder, { recursive: true }),
    };
  };
}
