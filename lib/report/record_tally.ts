/**
 * Everything that a report needs to know of single records, gathered in one reading.
 *
 * @module
 */

import type { RecordOutline } from "../backend/record_outline.ts";
import { GrowthTally } from "./growth_tally.ts";
import { PaceTally } from "./pace_tally.ts";
import { TypeTally } from "./type_tally.ts";

/** Looks at records in the order in which they were written. */
export class RecordTally {
  /** By time. */
  readonly growth = new GrowthTally();
  /** By type of event. */
  readonly eventTypes = new TypeTally();
  /** By type of message. */
  readonly messageTypes = new TypeTally();
  /** How fast they came. */
  readonly pace: PaceTally;

  constructor(now: number) {
    this.pace = new PaceTally(now);
  }

  /** Counts a record. */
  add(record: RecordOutline): void {
    this.growth.add(record.kind, record.timestamp);
    this.pace.add(record.timestamp);
    if (record.kind === "event") this.eventTypes.add(record.eventType);
    if (record.kind === "dead_letter") this.messageTypes.add(record.messageType);
  }
}
