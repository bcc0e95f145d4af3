/**
 * Cases that belong to one operation.
 *
 * @module
 */

import type { BackendCapabilities, PersistenceBackend } from "../backend/backend.ts";
import type { Stage } from "./stage.ts";

/** What one case does. It rejects where the backend breaks the contract. */
export type CaseBody = (stage: Stage) => Promise<void>;

/** The cases of one operation. */
export type CaseGroup = {
  /** The cases by their names. */
  readonly cases: { readonly [name: string]: CaseBody };
} & (CommonGroup | FeatureGroup);

/** A group of what every backend does. */
interface CommonGroup {
  readonly feature: null;
}

/** A group of what backends with a certain feature do. */
interface FeatureGroup {
  /** The feature without which none of the cases applies. */
  readonly feature: keyof BackendCapabilities;
  /** What holds where the feature is missing, instead of every case. */
  readonly whereMissing: (store: PersistenceBackend, stage: Stage) => Promise<void>;
}
