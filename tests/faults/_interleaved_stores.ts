/** The kinds of stores that simulated processes share, and who works on them. */

import type { FileOptions, FilePersistence } from "../../lib/backends/file/file_persistence.ts";
import { JsonFilePersistence } from "../../lib/backends/file/json_file_persistence.ts";
import {
  type RotatingFileOptions,
  RotatingFilePersistence,
} from "../../lib/backends/file/rotating_file_persistence.ts";
import type { Random } from "../_random.ts";
import type { ROLES } from "./_interleaved_roles.ts";

/** The name of a role. */
export type RoleName = keyof typeof ROLES;

/** How many processes play a role. */
export interface Cast {
  readonly role: RoleName;
  readonly min: number;
  readonly max: number;
}

/** A kind of store. */
export interface StoreKind {
  /** Who takes part. */
  readonly cast: readonly Cast[];
  /** Who makes the store, one after the other. */
  readonly makers: readonly RoleName[];
  /** Opens a store as one of the processes does. */
  open(path: string, options: FileOptions, random: Random): FilePersistence;
}

const CAST: readonly Cast[] = [
  { role: "writer", min: 1, max: 3 },
  { role: "compactor", min: 0, max: 2 },
  { role: "recoverer", min: 0, max: 2 },
  { role: "scanner", min: 0, max: 2 },
  { role: "reader", min: 0, max: 2 },
  { role: "follower", min: 0, max: 2 },
];

// So small that a segment takes a few writes at most.
const LIMITS: readonly RotatingFileOptions[] = [
  { maxRecords: 1 },
  { maxRecords: 2 },
  { maxRecords: 5 },
  { maxBytes: 1 },
  { maxBytes: 400 },
  { maxBytes: 1000 },
  { maxAgeSeconds: 1 },
  {},
];

/** A reader that holds one sealed file open at a time, and finds the next by its name. */
class OneFileAtATime extends RotatingFilePersistence {
  protected override readonly heldFilesMax = 1;
}

/** The kinds, by name. */
export const STORE_KINDS: { readonly [name: string]: StoreKind } = {
  single: {
    cast: CAST,
    makers: ["writer"],
    open: (path, options) => new JsonFilePersistence(path, options),
  },
  rotating: {
    cast: [...CAST, { role: "rotator", min: 0, max: 2 }],
    // Whole segments of audits expire.
    makers: ["auditor", "writer"],
    open: (path, options, random) => {
      // One process writes without ever sealing, another reads file by file.
      const kind = random.below(8);
      if (kind === 0) return new JsonFilePersistence(path, options);
      const Store = kind < 4 ? OneFileAtATime : RotatingFilePersistence;
      return new Store(path, { ...options, ...random.pick(LIMITS) });
    },
  },
};
