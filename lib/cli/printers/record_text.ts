/**
 * Records as text, one line each.
 *
 * @module
 */

import { formatAddress } from "../../model/address.ts";
import type {
  AuditRecord,
  DeadLetterRecord,
  EventRecord,
  StoredRecord,
} from "../../model/record.ts";
import { orNone } from "./line.ts";

/** A record as a line. */
export function recordText(record: StoredRecord): string {
  const time = `[${timestampText(record.timestamp)}]`;
  switch (record.kind) {
    case "event":
      return `${time} ${eventText(record)}`;
    case "audit":
      return `${time} ${auditText(record)} dead_letters=${record.deadLettersCount}`;
    case "dead_letter":
      return `${time} ${deadLetterText(record)}`;
  }
}

/** The counts of actors. */
export function auditText(audit: AuditRecord): string {
  return `total=${audit.totalActors} alive=${audit.aliveActors} ` +
    `stopping=${audit.stoppingActors} restarting=${audit.restartingActors}`;
}

/** Unix seconds to the millisecond. */
export function timestampText(timestamp: number | null): string {
  return orNone(timestamp?.toFixed(3));
}

function eventText({ eventType, actorAddress }: EventRecord): string {
  return `${eventType} ${formatAddress(actorAddress)}`;
}

function deadLetterText({ target, messageType, payload }: DeadLetterRecord): string {
  const address = orNone(target === null ? null : formatAddress(target));
  return `target=${address} type=${messageType} payload=${JSON.stringify(payload)}`;
}
