/** What maintenance must be able to tell after a fault: what it did, and where what it removed is. */

import type { FilePersistence } from "../../lib/backends/file/file_persistence.ts";
import type { Receipt } from "../../lib/model/report.ts";
import { assert, assertEquals } from "../_assert.ts";
import { bytesOf, partsIn, type RemovedPart } from "../fuzz/removed_bytes.ts";
import type { Ledger } from "./_ledger.ts";
import type { SimulatedDisk } from "./_simulated_disk.ts";
import {
  contentOf,
  filesOf,
  QUARANTINE_PATH,
  SIDECAR_PATH,
  type StoreFile,
  type Workload,
} from "./_workload.ts";

/** What is looked at. */
interface Changed {
  readonly disk: SimulatedDisk;
  readonly workload: Workload;
  readonly prepared: readonly StoreFile[];
  readonly ledger: Ledger;
}

interface Details {
  readonly file?: string;
  readonly old?: { readonly identity: string } | null;
  readonly new?: { readonly identity: string } | null;
  readonly removed?: readonly RemovedPart[];
  readonly kept_in?: string;
}

/** A receipt, as far as it is of interest here. */
interface Account extends Details {
  readonly outcome: Receipt["outcome"];
}

const NEWLINE = 0x0a;
const decoder = new TextDecoder("latin1");

/** A replaced file has its receipt, what a receipt calls done is done, and nothing removed is lost. */
export async function checkAccounts(store: FilePersistence, changed: Changed): Promise<void> {
  const { disk, workload, prepared } = changed;
  const accounts = await accountsOf(store);
  const present = filesOf(disk);
  assertAccountedFor(present, prepared, accounts);
  assertDone(present, accounts);
  if (workload.quarantines) assertOriginalsAreThere(changed, present);
  if (workload.repairs) assertNothingGone(changed, present, accounts);
}

/** Nothing is left open. */
export async function checkSettled(store: FilePersistence): Promise<void> {
  const open = (await accountsOf(store)).filter(({ outcome }) => outcome === "pending");
  assertEquals(open, [], "receipts are not settled");
}

async function accountsOf(store: FilePersistence): Promise<Account[]> {
  const accounts: Account[] = [];
  for await (const { outcome, details } of store.history()) accounts.push({ outcome, ...details });
  return accounts;
}

// Only maintenance puts checkpoints into files.
function assertAccountedFor(
  present: readonly StoreFile[],
  prepared: readonly StoreFile[],
  accounts: readonly Account[],
): void {
  for (const { path, identity, content } of present) {
    const isMade = decoder.decode(content).includes('"kind":"checkpoint"') &&
      !prepared.some((file) => file.identity === identity);
    const own = accounts.filter((account) => account.new?.identity === identity);
    const isTold = own.some(({ outcome }) => outcome !== "not_done");
    assert(isTold || !isMade, `${path} was replaced, and no receipt says so`);
  }
}

function assertDone(present: readonly StoreFile[], accounts: readonly Account[]): void {
  const isThere = (identity: string) => present.some((file) => file.identity === identity);
  for (const [index, account] of accounts.entries()) {
    const { outcome, file, old } = account;
    const isLast = accounts.slice(index + 1).every((later) =>
      later.file !== file && later.old?.identity !== account.new?.identity
    );
    if (outcome !== "done" || !isLast || account.new === undefined) continue;
    if (account.new !== null) {
      assert(isThere(account.new.identity), `${file} was not replaced, and a receipt says so`);
    } else if (old) {
      assert(!isThere(old.identity), `${file} was not removed, and a receipt says so`);
    }
  }
}

// They stand in their old places until they stand in the other, whole.
function assertOriginalsAreThere(
  { disk, prepared }: Changed,
  present: readonly StoreFile[],
): void {
  const originals = filesUnder(disk, QUARANTINE_PATH);
  for (const { path, identity, content } of prepared) {
    if (present.some((file) => file.identity === identity)) continue;
    const isThere = originals.some((original) => startsWith(contentOf(disk, original), content));
    assert(isThere, `${path} was replaced, and the original is nowhere`);
  }
}

// Every byte stands in a file, or a receipt leads to it, or its caller has it.
function assertNothingGone(
  { disk, prepared, ledger }: Changed,
  present: readonly StoreFile[],
  accounts: readonly Account[],
): void {
  const kept = filesUnder(disk, `${SIDECAR_PATH}/removed`).map((path) => contentOf(disk, path));
  const contents = [...present.map(({ content }) => content), ...kept];
  const left = contents.map((content) => decoder.decode(content)).join("\n");
  for (const file of prepared) {
    const { content } = file;
    const removed = removedBytes(disk, file, accounts);
    for (const { from, to } of linesOf(content)) {
      const line = content.subarray(from, to);
      const text = decoder.decode(line);
      if (left.includes(text) || text.startsWith('{"kind":"checkpoint"')) continue;
      const rest = decoder.decode(line.filter((byte, at) => removed.get(from + at) !== byte));
      const isAccountedFor = left.includes(rest) || ledger.handedOver.includes(rest);
      assert(isAccountedFor, `neither in the file nor in a receipt: ${rest}`);
    }
  }
}

/** Bytes of a file by the offset at which they stood. */
function removedBytes(
  disk: SimulatedDisk,
  { path, identity }: StoreFile,
  accounts: readonly Account[],
): Map<number, number> {
  const bytes = new Map<number, number>();
  for (const { outcome, file, old, removed = [], kept_in: kept } of accounts) {
    const isOfFile = old ? old.identity === identity : file === path;
    if (outcome === "not_done" || !isOfFile) continue;
    const content = kept === undefined ? null : disk.find(kept)?.content;
    for (const part of content ? partsIn(content) : removed) {
      bytesOf(part).forEach((byte, index) => bytes.set(part.offset + index, byte));
    }
  }
  return bytes;
}

function filesUnder(disk: SimulatedDisk, directory: string): string[] {
  return disk.list(directory).map((name) => `${directory}/${name}`);
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
