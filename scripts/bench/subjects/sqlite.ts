/**
 * Records as rows of an SQLite database with a write-ahead log.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { paddedRecord } from "../_sample_record.ts";
import type { SubjectOptions } from "../subject.ts";
import { recordsPerSecond, secondsOf } from "./_timed.ts";

/** Rows a second, in transactions of `batch`. */
export function insert(options: SubjectOptions): Promise<number> {
  const { batch = 1, synchronous = "FULL", paddingBytes = 0 } = options;
  return recordsPerSecond(options, async (path, records) => {
    const database = new DatabaseSync(path);
    try {
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}`);
      database.exec("CREATE TABLE records (seq INTEGER PRIMARY KEY, json TEXT NOT NULL)");
      const statement = database.prepare("INSERT INTO records (seq, json) VALUES (?, ?)");
      return await secondsOf(() => {
        for (let seq = 1; seq <= records; seq += batch) {
          database.exec("BEGIN");
          for (let each = seq; each < seq + batch; each++) {
            statement.run(each, JSON.stringify(paddedRecord(each, paddingBytes)));
          }
          database.exec("COMMIT");
        }
      });
    } finally {
      database.close();
    }
  });
}
