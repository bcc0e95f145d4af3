/**
 * Lines as outlines of records. The type of nearly every one is found without parsing it.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { RecordOutline } from "../../../backend/record_outline.ts";
import { textMemberOf } from "../../../storage/lines/text_member.ts";
import { decodeLine } from "../store/line_record.ts";
import { lineTimestamp } from "../store/line_tally.ts";
import type { StoreLine } from "../store/store_lines.ts";

const EVENT_TYPE = Buffer.from('"event_type"');
const MESSAGE_TYPE = Buffer.from('"message_type"');

/** The outline of a line that is a record; null where it turns out to be none. */
export function lineOutline(line: StoreLine, onSkipped: () => void): RecordOutline | null {
  // Of the others, finding out what they are took parsing them.
  const outline = line.verdict.state === "intact" ? outlineByPosition(line) : null;
  return outline ?? decodeLine(line, onSkipped);
}

// Null where that takes parsing.
function outlineByPosition(line: StoreLine): RecordOutline | null {
  const { buffer, start, end, verdict: { kind, seq } } = line;
  const timestamp = lineTimestamp(line);
  if (timestamp === null) return null;
  if (kind === "audit") return { kind, timestamp, seq };
  if (kind === "event") {
    const eventType = textMemberOf(buffer, EVENT_TYPE, start, end);
    return eventType === null ? null : { kind, timestamp, seq, eventType };
  }
  const messageType = textMemberOf(buffer, MESSAGE_TYPE, start, end);
  return messageType === null ? null : { kind: "dead_letter", timestamp, seq, messageType };
}
