/**
 * `papyra redis trim`.
 *
 * @module
 */

import { asGroupBackend } from "../../backend/group_backend.ts";
import { defineCommand } from "../command.ts";
import { compactStore } from "../compacting.ts";
import { EXIT } from "../exit_codes.ts";
import { MAINTENANCE_EXITS } from "../exits.ts";
import { openStoreOf } from "../open_store.ts";
import { TRIM_OPTIONS } from "../options/group_options.ts";
import {
  MAINTENANCE_OPTIONS,
  RETENTION_OPTIONS,
  STORE_OPTIONS,
  WATCHED_OPTIONS,
} from "../options/store_options.ts";

/** A compaction of streams. */
export const redisTrim = defineCommand({
  name: "redis trim",
  summary: "Trim streams to what retention keeps and consumer groups need, as compact does",
  options: {
    ...STORE_OPTIONS,
    ...RETENTION_OPTIONS,
    ...MAINTENANCE_OPTIONS,
    ...TRIM_OPTIONS,
    ...WATCHED_OPTIONS,
  },
  exits: { ...MAINTENANCE_EXITS, [EXIT.OK]: "done, or --dry-run showed what would be" },
  examples: [
    "papyra redis trim --max-age 30d --dry-run --store redis://127.0.0.1:6379/0",
    "papyra redis trim --max-records 100000 --trim approx --store redis://127.0.0.1:6379/0",
  ],
  onClosedPipe: "carry_on",
  async run(options, session) {
    await using store = await openStoreOf(options, session);
    const { wait, dryRun, force, trim } = options;
    const how = { waitMs: wait ?? 0, dryRun, force, trim };
    return await compactStore(asGroupBackend(store), how, session);
  },
});
