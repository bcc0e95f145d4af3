/**
 * Records as rows of a table.
 *
 * @module
 */

import { formatAddress } from "../../model/address.ts";
import type {
  ActorAddress,
  AuditRecord,
  DeadLetterRecord,
  EventRecord,
  StoredRecord,
} from "../../model/record.ts";
import { formatTime } from "../../model/units.ts";
import { auditText } from "./record_text.ts";
import type { Column } from "./table_writer.ts";

const NOTHING = "-";

const COMMON: readonly Column<StoredRecord>[] = [
  number("SEQ", ({ seq }) => seq),
  whole("TIME", ({ timestamp }) => timestamp === null ? NOTHING : formatTime(timestamp)),
];

/** Columns of events. */
export const EVENT_COLUMNS: readonly Column<EventRecord>[] = [
  ...COMMON,
  text("TYPE", ({ eventType }) => eventType),
  text("ACTOR", ({ actorAddress }) => formatAddress(actorAddress)),
  text("PAYLOAD", ({ payload }) => JSON.stringify(payload)),
];

/** Columns of audits. */
export const AUDIT_COLUMNS: readonly Column<AuditRecord>[] = [
  ...COMMON,
  text("SYSTEM", ({ systemId }) => systemId),
  number("TOTAL", ({ totalActors }) => totalActors),
  number("ALIVE", ({ aliveActors }) => aliveActors),
  number("STOP", ({ stoppingActors }) => stoppingActors),
  number("RESTART", ({ restartingActors }) => restartingActors),
  number("LETTERS", ({ deadLettersCount }) => deadLettersCount),
];

/** Columns of dead letters. */
export const DEAD_LETTER_COLUMNS: readonly Column<DeadLetterRecord>[] = [
  ...COMMON,
  text("TYPE", ({ messageType }) => messageType),
  text("TARGET", ({ target }) => addressText(target)),
  text("PAYLOAD", ({ payload }) => JSON.stringify(payload)),
];

/** Columns of records of any kind. */
export const RECORD_COLUMNS: readonly Column<StoredRecord>[] = [
  ...COMMON,
  whole("KIND", ({ kind }) => kind),
  text("TYPE", typeText),
  text("ACTOR", actorText),
  text("DETAILS", detailsText),
];

function typeText(record: StoredRecord): string {
  if (record.kind === "audit") return NOTHING;
  return record.kind === "event" ? record.eventType : record.messageType;
}

function actorText(record: StoredRecord): string {
  if (record.kind === "audit") return NOTHING;
  return addressText(record.kind === "event" ? record.actorAddress : record.target);
}

function detailsText(record: StoredRecord): string {
  if (record.kind !== "audit") return JSON.stringify(record.payload);
  return `${auditText(record)} dead_letters=${record.deadLettersCount}`;
}

function addressText(address: ActorAddress | null): string {
  return address === null ? NOTHING : formatAddress(address);
}

function number<T>(title: string, value: (record: T) => number | null): Column<T> {
  const cell = (record: T) => String(value(record) ?? NOTHING);
  return { title, isNumber: true, mayBeCut: false, cell };
}

function whole<T>(title: string, cell: (record: T) => string): Column<T> {
  return { title, isNumber: false, mayBeCut: false, cell };
}

function text<T>(title: string, cell: (record: T) => string): Column<T> {
  return { title, isNumber: false, mayBeCut: true, cell };
}
