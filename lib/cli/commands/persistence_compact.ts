/**
 * `papyra persistence compact`.
 *
 * @module
 */

import { COMPRESSIONS, parseCompression } from "../../model/compression.ts";
import { defineCommand } from "../command.ts";
import { compactStore } from "../compacting.ts";
import { EXIT } from "../exit_codes.ts";
import { openStoreOf } from "../open_store.ts";
import { optional } from "../option.ts";
import { MAINTENANCE_EXITS } from "../exits.ts";
import { TRIM_OPTIONS } from "../options/group_options.ts";
import {
  MAINTENANCE_OPTIONS,
  RETENTION_OPTIONS,
  STORE_OPTIONS,
  VERDICT_OPTIONS,
  WATCHED_OPTIONS,
} from "../options/store_options.ts";

/** Removing what retention has expired. */
export const persistenceCompact = defineCommand({
  name: "persistence compact",
  summary: "Remove what retention has expired, and give back the space",
  options: {
    ...STORE_OPTIONS,
    ...RETENTION_OPTIONS,
    ...MAINTENANCE_OPTIONS,
    ...VERDICT_OPTIONS,
    ...WATCHED_OPTIONS,
    compress: optional(
      {
        placeholder: "FORM",
        summary: "Compress the sealed segments that stay; those compressed before stay as they are",
        choices: COMPRESSIONS,
      },
      parseCompression,
    ),
    ...TRIM_OPTIONS,
  },
  exits: { ...MAINTENANCE_EXITS, [EXIT.OK]: "done, or --dry-run showed what would be" },
  examples: [
    "papyra persistence compact --path events.ndjson --max-age 30d --dry-run",
    "papyra persistence compact --path events.ndjson --max-records 100000 --max-bytes 500MiB",
    "papyra persistence compact --path events.ndjson --max-age 7d --kind event",
    "papyra persistence compact --path events.ndjson --compress zstd",
  ],
  onClosedPipe: "carry_on",
  async run(options, session) {
    await using store = await openStoreOf(options, session);
    const { wait, dryRun, force, trim, compress } = options;
    const waiting = { waitMs: wait ?? 0, dryRun, force, trim };
    return await compactStore(store, { ...waiting, ...(compress && { compress }) }, session);
  },
});
