/**
 * What a copy is asked for, and what it tells.
 *
 * @module
 */

import type { MaintenanceOptions, PersistenceBackend } from "../backend/backend.ts";
import type { RecordKind } from "../model/record.ts";
import type { CountByKind } from "../model/report.ts";
import type { CopyVerification } from "./copy_verify.ts";

/** What a copy is doing. */
export type CopyStep = "comparing" | "copying" | "verifying";

/** What is compared at the end: all that was ever copied from this source, or what this run dealt with. */
export type CopyScope = "all" | "new";

/** The scopes. */
export const COPY_SCOPES: readonly CopyScope[] = ["all", "new"];

/** What to copy and how. */
export interface CopyOptions extends Omit<MaintenanceOptions, "onProgress"> {
  /** The store to copy from. It is only read. */
  readonly from: PersistenceBackend;
  /** The store to copy to. */
  readonly to: PersistenceBackend;
  /** Only records of these kinds. @default {all} */
  readonly kinds?: readonly RecordKind[];
  /** Only records with a timestamp from this one on, itself included; Unix seconds. */
  readonly since?: number;
  /** Only records with a timestamp up to this one, itself included; Unix seconds. */
  readonly until?: number;
  /** The most records that are written together. @default {1000} */
  readonly batchSize?: number;
  /** What is compared at the end. @default {"all"} */
  readonly verify?: CopyScope;
  /** Pass over the note on how far earlier copies came: compare from the start. @default {false} */
  readonly fromStart?: boolean;
  /** Report what would be copied, and copy nothing. @default {false} */
  readonly dryRun?: boolean;
  /** Called now and then with how far a step is. */
  readonly onProgress?: (done: number, total: number, step: CopyStep) => void;
}

/** What a copy did, or with a dry run would do. */
export interface CopyReport {
  /** What tells the source from other stores; never with a password. */
  readonly from: string;
  /** What tells the target from other stores. */
  readonly to: string;
  /** True for a plan that was not executed. */
  readonly dryRun: boolean;
  /** Whether records were copied. */
  readonly changed: boolean;
  /** Whether it went on where an earlier copy came to. */
  readonly resumed: boolean;
  /** Records copied, by kind. */
  readonly copied: CountByKind;
  /**
   * Records that the target had already, by kind: an earlier run copied them and did not come to note
   * it. Those that were noted are not counted again.
   */
  readonly found: CountByKind;
  /** Lines or entries passed over because they are damaged, or too large to be written. */
  readonly damagedLines: number;
  /** Records passed over because this version does not know their kind. */
  readonly recordsOfUnknownKind: number;
  /** Records with NaN or Infinity, copied with null in their place. */
  readonly nonFiniteRecords: number;
  /** What was compared; null with a dry run. */
  readonly verification: CopyVerification & { readonly scope: CopyScope } | null;
  /** Id of the receipt in the target; null where nothing was copied. */
  readonly receipt: string | null;
  /** How long it took. */
  readonly durationSeconds: number;
}
