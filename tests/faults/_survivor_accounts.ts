/** What maintenance must be able to tell after a fault: what it did, and where what it removed is. */

import type { JsonFilePersistence } from "../../lib/backends/file/json_file_persistence.ts";
import type { Receipt } from "../../lib/model/report.ts";
import { assert, assertEquals } from "../_assert.ts";
import { bytesOf, partsIn, type RemovedPart } from "../fuzz/removed_bytes.ts";
import type { Ledger } from "./_ledger.ts";
import type { SimulatedDisk } from "./_simulated_disk.ts";
import { SimulatedFileSystem } from "./_simulated_file_system.ts";
import { type Prepared, QUARANTINE_PATH, STORE_PATH, type Workload } from "./_workload.ts";

/** What is looked at. */
interface Changed {
  readonly disk: SimulatedDisk;
  readonly workload: Workload;
  readonly prepared: Prepared;
  readonly ledger: Ledger;
}

interface Details {
  readonly new?: { readonly identity: string } | null;
  readonly removed?: readonly RemovedPart[];
  readonly kept_in?: string;
}

const NEWLINE = 0x0a;
const decoder = new TextDecoder("latin1");

/** A replaced file has its receipt, what a receipt calls done is done, and nothing removed is lost. */
export async function checkAccounts(store: JsonFilePersistence, changed: Changed): Promise<void> {
  const { disk, workload, prepared } = changed;
  const receipts = await receiptsOf(store);
  const identity = new SimulatedFileSystem(disk).stat(STORE_PATH)?.identity ?? null;
  const isReplaced = prepared.identity !== null && identity !== prepared.identity;
  const own = receipts.filter(({ outcome, details }) =>
    outcome !== "not_done" && (details as Details).new?.identity === identity
  );
  if (isReplaced) assert(own.length > 0, "the file was replaced, and no receipt says so");
  const done = receipts.filter(({ outcome, details }) =>
    outcome === "done" && (details as Details).new
  );
  const last = (done.at(-1)?.details as Details | undefined)?.new;
  const isSo = last === undefined || last?.identity === identity || own.length > 0;
  assert(isSo, "a receipt says that the file was replaced, and it was not");
  if (workload.quarantines) assertOriginalIsThere(changed, isReplaced);
  if (workload.repairs) assertNothingGone(changed, receipts);
}

/** Nothing is left open, or lying about. */
export async function checkSettled(store: JsonFilePersistence): Promise<void> {
  const open = (await receiptsOf(store)).filter(({ outcome }) => outcome === "pending");
  assertEquals(open, [], "receipts are not settled");
}

async function receiptsOf(store: JsonFilePersistence): Promise<Receipt[]> {
  const receipts: Receipt[] = [];
  for await (const receipt of store.history()) receipts.push(receipt);
  return receipts;
}

// It stands in its old place until it stands in the other, whole.
function assertOriginalIsThere({ disk, prepared }: Changed, isReplaced: boolean): void {
  const { content } = prepared;
  const originals = disk.list(QUARANTINE_PATH).map((name) => `${QUARANTINE_PATH}/${name}`);
  const isThere = originals.some((path) => startsWith(disk.find(path)!.content, content));
  assert(isThere || !isReplaced, "the file was replaced, and the original is nowhere");
}

// Every byte stands in the file, or a receipt leads to it, or its caller has it.
function assertNothingGone(
  { disk, prepared, ledger }: Changed,
  receipts: readonly Receipt[],
): void {
  const present = disk.find(STORE_PATH)?.content ?? new Uint8Array(0);
  if (startsWith(present, prepared.content)) return;
  const removed = removedBytes(disk, receipts);
  const left = decoder.decode(present);
  for (const { from, to } of linesOf(prepared.content)) {
    const line = prepared.content.subarray(from, to);
    const text = decoder.decode(line);
    if (left.includes(`${text}\n`) || text.startsWith('{"kind":"checkpoint"')) continue;
    const isKept = (at: number) => removed.get(from + at) === line[at];
    const rest = decoder.decode(line.filter((_, at) => !isKept(at)));
    const isAccountedFor = left.includes(rest) || ledger.handedOver.includes(rest);
    assert(isAccountedFor, `neither in the file nor in a receipt: ${rest}`);
  }
}

/** Bytes by the offset at which they stood. */
function removedBytes(disk: SimulatedDisk, receipts: readonly Receipt[]): Map<number, number> {
  const bytes = new Map<number, number>();
  for (const { outcome, details } of receipts) {
    if (outcome === "not_done") continue;
    const { removed = [], kept_in: path } = details as Details;
    const content = path === undefined ? null : disk.find(path)?.content;
    const parts = content ? partsIn(content) : removed;
    for (const part of parts) {
      bytesOf(part).forEach((byte, index) => bytes.set(part.offset + index, byte));
    }
  }
  return bytes;
}

function* linesOf(content: Uint8Array): Generator<{ readonly from: number; readonly to: number }> {
  for (let from = 0; from < content.length;) {
    const newline = content.indexOf(NEWLINE, from);
    const to = newline === -1 ? content.length : newline;
    yield { from, to };
    from = to + 1;
  }
}

function startsWith(content: Uint8Array, beginning: Uint8Array): boolean {
  return content.length >= beginning.length && beginning.every((byte, at) => content[at] === byte);
}
