/**
 * Makes a store anew that is gone, with a checkpoint that says which numbers were lost with it.
 *
 * @module
 */

import { join } from "node:path";
import { encodeCheckpoint } from "../../../storage/lines/checkpoint.ts";
import { FORMAT_VERSION } from "../../../storage/format.ts";
import { osCode } from "../../../storage/os_error.ts";
import { appendAll, removeIfThere, tempPathFor } from "../../../storage/whole_file.ts";
import type { FileStore } from "../store/file_store.ts";
import { newReceiptId, writeIntent, writeOutcome } from "../receipts/receipts.ts";
import { REWRITE_PREFIX } from "../replacing/replace_file.ts";
import type { DetailedScan } from "../scanning/scan_store.ts";

/** Makes the store's file; returns the receipt, or null where a writer was first. */
export async function recreateStore(store: FileStore, scan: DetailedScan): Promise<string | null> {
  const { fileSystem, paths, sidecar } = store;
  const temp = tempPathFor(join(sidecar.path, REWRITE_PREFIX));
  const checkpoint = {
    version: FORMAT_VERSION,
    from: 1,
    to: scan.durableSeq,
    count: 0,
    seqsCrc: 0,
    foreign: 0,
  };
  const file = await fileSystem.open(temp, { access: "append", createExclusively: true });
  try {
    const line = encodeCheckpoint(checkpoint, store.now());
    appendAll(file, new TextEncoder().encode(`${line}\n`));
    await file.sync();
    const receipt = newReceiptId(store.now());
    const details = { reason: "the store was gone", lost_up_to: scan.durableSeq };
    const { identity, size } = file.stat();
    await writeIntent(store, receipt, {
      operation: "recover",
      file: paths.active,
      old: null,
      new: { identity, size, sha256: "" },
      details,
    });
    // A link, not a rename: it takes no name away from a file that a writer made meanwhile.
    await fileSystem.link(temp, paths.active);
    await fileSystem.syncDirectory(paths.directory);
    await writeOutcome(store, receipt, "done");
    return receipt;
  } catch (error) {
    if (osCode(error) === "EEXIST") return null;
    throw error;
  } finally {
    await file.close();
    await removeIfThere(fileSystem, temp);
  }
}
