/**
 * The few assertions of the suite that `node:assert` does not have.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { PersistenceBackend } from "../backend/backend.ts";
import type { ErrorCode } from "../errors.ts";
import type { StoredRecord } from "../model/record.ts";

/** Expects `call` to throw, or to reject, with an error of that code, and returns the error. */
export async function expectCode(code: ErrorCode, call: () => unknown): Promise<Error> {
  try {
    await call();
  } catch (error) {
    assert.ok(error instanceof Error, `expected an error with code ${code}, got ${error}`);
    const found = (error as { code?: unknown }).code;
    assert.equal(found, code, `expected code ${code}, got ${found}: ${error.message}`);
    return error;
  }
  return assert.fail(`expected code ${code}, and nothing was thrown`);
}

/** Everything that can be read from a store, whatever its retention says. */
export async function everything(store: PersistenceBackend): Promise<StoredRecord[]> {
  return await drain(store.records(undefined, { retention: {} }));
}

/** Reads a stream, or anything like it, to its end. */
export async function drain<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Expects a scan, where the backend has one, to find nothing. */
export async function expectSound(store: PersistenceBackend): Promise<void> {
  if (!store.backendCapabilities().scan) return;
  const { healthy, anomalies } = await store.scan();
  assert.deepEqual([healthy, anomalies], [true, []]);
}
