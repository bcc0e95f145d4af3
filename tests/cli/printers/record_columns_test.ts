import {
  AUDIT_COLUMNS,
  DEAD_LETTER_COLUMNS,
  EVENT_COLUMNS,
  RECORD_COLUMNS,
} from "../../../lib/cli/printers/record_columns.ts";
import type { Column } from "../../../lib/cli/printers/table_writer.ts";
import type {
  AuditRecord,
  DeadLetterRecord,
  EventRecord,
  JsonObject,
  StoredRecord,
} from "../../../lib/model/record.ts";
import { decodeRecord } from "../../../lib/model/wire.ts";
import { assertEquals } from "../../_assert.ts";

const EVENT = recordOf<EventRecord>({
  kind: "event",
  event_type: "OrderPaid",
  actor_address: { system: "orders", actor_id: 7 },
  payload: { total: 5 },
});
const AUDIT = recordOf<AuditRecord>({
  kind: "audit",
  system_id: "orders",
  total_actors: 9,
  alive_actors: 6,
  stopping_actors: 2,
  restarting_actors: 1,
  dead_letters_count: 4,
});
const LETTER = recordOf<DeadLetterRecord>({ kind: "dead_letter", message_type: "Pay" });

function recordOf<R extends StoredRecord>(wire: JsonObject): R {
  return decodeRecord({ timestamp: 1_700_000_000.5, ...wire }, 12) as R;
}

function rowOf<R>(columns: readonly Column<R>[], record: R): Record<string, string> {
  return Object.fromEntries(columns.map(({ title, cell }) => [title, cell(record)]));
}

const COMMON = { SEQ: "12", TIME: "2023-11-14T22:13:20.500Z" };

Deno.test("every kind of record has its columns", () => {
  assertEquals(rowOf(EVENT_COLUMNS, EVENT), {
    ...COMMON,
    TYPE: "OrderPaid",
    ACTOR: "orders://7",
    PAYLOAD: '{"total":5}',
  });
  assertEquals(rowOf(AUDIT_COLUMNS, AUDIT), {
    ...COMMON,
    SYSTEM: "orders",
    TOTAL: "9",
    ALIVE: "6",
    STOP: "2",
    RESTART: "1",
    LETTERS: "4",
  });
  assertEquals(rowOf(DEAD_LETTER_COLUMNS, LETTER), {
    ...COMMON,
    TYPE: "Pay",
    TARGET: "-",
    PAYLOAD: "null",
  });
});

Deno.test("records of different kinds share their columns", () => {
  assertEquals(rowOf(RECORD_COLUMNS, EVENT), {
    ...COMMON,
    KIND: "event",
    TYPE: "OrderPaid",
    ACTOR: "orders://7",
    DETAILS: '{"total":5}',
  });
  assertEquals(rowOf(RECORD_COLUMNS, AUDIT), {
    ...COMMON,
    KIND: "audit",
    TYPE: "-",
    ACTOR: "-",
    DETAILS: "total=9 alive=6 stopping=2 restarting=1 dead_letters=4",
  });
  assertEquals(rowOf(RECORD_COLUMNS, { ...LETTER, target: "orders:7" }).ACTOR, "orders:7");
});

Deno.test("a record without a number or a time has a dash there", () => {
  const { SEQ, TIME } = rowOf(EVENT_COLUMNS, { ...EVENT, seq: null, timestamp: null });
  assertEquals([SEQ, TIME], ["-", "-"]);
});
