/**
 * One NDJSON file, all kinds interleaved: the store that never seals.
 *
 * @module
 */

import { type FileOptions, FilePersistence } from "./file_persistence.ts";

/** Options of {@linkcode JsonFilePersistence}. */
export type JsonFileOptions = FileOptions;

/**
 * A store in one file, to which any number of processes may write. Where there are sealed segments from
 * a time when it was rotated, it has them too, and makes no more.
 *
 * Writing and maintenance need flock: Deno, Bun or the papyra executable on a local file system; else
 * they fail with LOCK_UNSUPPORTED.
 *
 * @example
 * ```ts
 * import { JsonFilePersistence } from "@papyra/papyra";
 *
 * const directory = await Deno.makeTempDir();
 * await using store = new JsonFilePersistence(`${directory}/events.ndjson`);
 * const { lastSeq } = await store.recordEvent({ eventType: "ActorStarted" });
 * console.log(lastSeq); // 1
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export class JsonFilePersistence extends FilePersistence {
  /** The class's name. */
  override readonly name: string = "JsonFilePersistence";

  /**
   * Opens nothing yet.
   *
   * @param path where the file is, or is to be made by the first write
   */
  constructor(path: string, options: JsonFileOptions = {}) {
    super(path, options, {});
  }
}
