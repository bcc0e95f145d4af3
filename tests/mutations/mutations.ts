/**
 * Deliberate breakages of the code, and which harnesses are meant to catch each. `deno task mutations`
 * applies them to a copy one by one, and expects red.
 */

import { FOLLOWING_MUTATIONS } from "./following_mutations.ts";
import type { Mutation } from "./mutation.ts";

const APPEND_LOG = "lib/storage/appending/append_log.ts";
const ACTIVE_FILE = "lib/storage/appending/active_file.ts";
const REPLACE_FILE = "lib/backends/file/replacing/replace_file.ts";
const PLAIN_RUN = "lib/storage/lines/plain_run.ts";
const RUN_KERNEL = "lib/storage/lines/kernel/run_kernel.as";
const QUARANTINE = "lib/backends/file/replacing/quarantine.ts";
const EXPIRED_PARTS = "lib/backends/file/compaction/expired_parts.ts";
const RECEIPT_LINES = "lib/backends/file/receipts/receipt_lines.ts";
const STORE_VIEW = "lib/backends/file/store/store_view.ts";
const NATIVE = "lib/storage/native/native_file_system.ts";

/** All of them. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: "a batch is acknowledged without a sync",
    edits: [{
      file: APPEND_LOG,
      from: 'if (this.#options.durability === "always") await this.#timedSync(file);',
      to: 'if (this.#options.durability === "always") await Promise.resolve();',
    }],
    caughtBy: ["crashPoints", "interleavings"],
  },
  {
    name: "the name of a new file is not synced",
    edits: [{
      file: ACTIVE_FILE,
      from:
        "    await this.#fileSystem.syncDirectory(dirname(this.#path));\n    this.#isAdopted = true;",
      to: "    this.#isAdopted = true;",
    }],
    caughtBy: ["crashPoints"],
  },
  {
    name: "a failed sync is forgotten",
    edits: [{ file: APPEND_LOG, from: "      this.#fail(error);\n", to: "" }],
    caughtBy: ["failingCalls"],
  },
  {
    name: "a batch that failed is not cut back",
    edits: [{ file: APPEND_LOG, from: "      await file.truncate(start);\n", to: "" }],
    caughtBy: ["failingCalls"],
  },
  {
    name: "what was cut back is not synced",
    edits: [{
      file: APPEND_LOG,
      from: "      await file.truncate(start);\n      await file.sync();\n",
      to: "      await file.truncate(start);\n",
    }],
    caughtBy: ["failingCalls"],
  },
  {
    name: "a cut-back takes what others wrote",
    edits: [{
      file: APPEND_LOG,
      from: "if (!await holdsAt(file, start, batch, written)) return false;",
      to: "if (batch.length === 0) return false;",
    }],
    caughtBy: ["faultyWrites"],
  },
  {
    name: "no newline is put between a torn line and the next batch",
    edits: [{
      file: APPEND_LOG,
      from: "this.#encoder.start(position.needsNewline);",
      to: "this.#encoder.start(false);",
    }],
    caughtBy: ["crashPoints", "fuzz"],
  },
  {
    name: "a writer does not lock",
    edits: [{
      file: ACTIVE_FILE,
      from: '(isLocked = file.tryLock("exclusive"))',
      to: "(isLocked = true)",
    }],
    caughtBy: ["interleavings", "races"],
  },
  {
    name: "a writer goes on in a file that was replaced",
    edits: [{
      file: ACTIVE_FILE,
      from: "return named?.identity === this.#identity ? named : null;",
      to: "return named;",
    }],
    caughtBy: ["interleavings", "races"],
  },
  {
    name: "a number is given again behind damaged lines",
    edits: [{
      file: ACTIVE_FILE,
      from: ": Math.max(shown + lastSeq, named, durableSeq);",
      to: ": Math.max(shown, named, durableSeq);",
    }],
    caughtBy: ["fuzz"],
  },
  {
    name: "a number is given again that only the sidecar knows",
    edits: [{
      file: ACTIVE_FILE,
      from: "const durableSeq = await this.#surroundings.readDurableSeq();",
      to: "const durableSeq = 0;",
    }],
    caughtBy: ["fuzz"],
  },
  {
    name: "a number is given again behind a sealed segment",
    edits: [{
      file: ACTIVE_FILE,
      from:
        "const { shown, named } = await this.#surroundings.readSealedSeqs(file.stat().identity);",
      to: "const [shown, named] = [0, 0];",
    }],
    caughtBy: ["crashPoints", "interleavings"],
  },
  {
    name: "a checksum is not checked",
    edits: [{
      file: "lib/storage/lines/line_codec.ts",
      from: "return crc32(buffer.subarray(start, trailer)) === checksum;",
      to: "return crc32(buffer.subarray(start, trailer)) >= 0 && checksum >= 0;",
    }],
    caughtBy: ["bitFlips", "fuzz"],
  },
  {
    name: "the lines of a run are not checked",
    edits: [{ file: PLAIN_RUN, from: " || !isIntact(held, at, newline)) break;", to: ") break;" }],
    caughtBy: ["runs", "fuzz"],
  },
  {
    name: "a run goes on where numbers are missing",
    edits: [{
      file: PLAIN_RUN,
      from: "      if (lines > 0 && seq !== lastSeq + 1) break;\n",
      to: "",
    }],
    caughtBy: ["runs"],
  },
  {
    name: "the kernel takes lines whose checksum it has not compared",
    edits: [{
      file: RUN_KERNEL,
      from: "if (load<u64>(trailer, 8) !== hexOf(crc32(at, trailer))) return false;",
      to: "",
    }],
    caughtBy: ["runs"],
  },
  {
    name: "the kernel reads lines behind what it holds",
    edits: [{ file: RUN_KERNEL, from: "min(at + ctz(found), end)", to: "at + ctz(found)" }],
    caughtBy: ["runs"],
  },
  {
    name: "the kernel says times that it cannot say exactly",
    edits: [{ file: RUN_KERNEL, from: " && value <= SAFE_INTEGER_MAX", to: "" }],
    caughtBy: ["runs"],
  },
  {
    name: "what is kept of a run goes by other numbers",
    edits: [{
      file: "lib/backends/file/store/store_runs.ts",
      from: "[from, fromSeq] = [next, seq + 1];",
      to: "[from, fromSeq] = [next, seq];",
    }],
    caughtBy: ["runs"],
  },
  {
    name: "a run of which records are kept is removed",
    edits: [{
      file: "lib/backends/file/compaction/compaction_rule.ts",
      from: "this.#cutoffs.keeps(kind, position + length, newest) ? null : false;",
      to: "false;",
    }],
    caughtBy: ["runs"],
  },
  {
    name: "a run whose numbers do not rise is taken for new records",
    edits: [{
      file: "lib/backends/file/scanning/line_anomalies.ts",
      from: "if (run.run.firstSeq <= this.sequence.highest) {",
      to: "if (run.run.firstSeq < 0) {",
    }],
    caughtBy: ["runs", "fuzz"],
  },
  {
    name: "a segment gets its name before it is synced",
    edits: [{
      file: ACTIVE_FILE,
      from: "    await this.sync(file).catch(throwSyncFailed);\n",
      to: "",
    }],
    caughtBy: ["crashPoints"],
  },
  {
    name: "a copy takes the store's name before it is synced",
    edits: [
      {
        file: "lib/backends/file/replacing/copy_target.ts",
        from: "    await this.#file.sync();\n    const { identity }",
        to: "    const { identity }",
      },
      {
        file: REPLACE_FILE,
        from: "    await store.fileSystem.rename(temp, path);\n  } catch",
        to: "    await store.fileSystem.rename(temp, path);\n    await target.sync();\n  } catch",
      },
    ],
    caughtBy: ["crashPoints"],
  },
  {
    name: "a file is replaced before its receipt says so",
    edits: [{
      file: RECEIPT_LINES,
      from: "    await file.sync();\n",
      to: "",
    }],
    caughtBy: ["crashPoints"],
  },
  {
    name: "no newline is put between a torn receipt and the next",
    edits: [{
      file: RECEIPT_LINES,
      from: '? "" : "\\n";\n    appendAll(file',
      to: '? "" : "";\n    appendAll(file',
    }],
    caughtBy: ["crashPoints"],
  },
  {
    name: "a compaction leaves no checkpoint",
    edits: [{
      file: REPLACE_FILE,
      from: "  copy.append(encodeCheckpoint(",
      to: "  void (encodeCheckpoint(",
    }],
    caughtBy: ["crashPoints", "fuzz", "kills"],
  },
  {
    name: "a copy is not looked at again for what was cut from the original",
    edits: [{
      file: REPLACE_FILE,
      from: "  if (!await copy.isContinued()) throw replacedMeanwhile(path);\n",
      to: "",
    }],
    caughtBy: ["replacements"],
  },
  {
    name: "a file is replaced that another program put there",
    edits: [{
      file: REPLACE_FILE,
      from: "if (store.fileSystem.stat(path)?.identity !== identity) {",
      to: "if (path === temp) {",
    }],
    caughtBy: ["replacements"],
  },
  {
    name: "a file is replaced without its writers' lock",
    edits: [{
      file: REPLACE_FILE,
      from: 'pollUntil(() => file.tryLock("exclusive"), {',
      to: "pollUntil(() => true, {",
    }],
    caughtBy: ["interleavings", "races"],
  },
  {
    name: "an original is put away without being synced into its directory",
    edits: [{
      file: QUARANTINE,
      from: "    await fileSystem.syncDirectory(dirname(path));\n  } catch",
      to: "    void dirname(path);\n  } catch",
    }],
    caughtBy: ["crashPoints"],
  },
  {
    name: "a quarantine keeps no original",
    edits: [{
      file: QUARANTINE,
      from: "  await file.sync();\n  if (!await linkOriginal(",
      to: "  await file.sync();\n  if (size > 0) return path;\n  if (!await linkOriginal(",
    }],
    caughtBy: ["crashPoints", "fuzz"],
  },
  {
    name: "a segment is removed before its receipt says so",
    edits: [
      {
        file: EXPIRED_PARTS,
        from: "  const { path, identity, size } = part;\n",
        to: "  const { path, identity, size } = part;\n  await fileSystem.unlink(path);\n",
      },
      {
        file: EXPIRED_PARTS,
        from:
          "const isNamed = stat?.identity === identity && stat.size === size;\n  if (isNamed) await fileSystem.unlink(path);",
        to: "const isNamed = stat === null && identity !== null && size >= 0;",
      },
    ],
    caughtBy: ["crashPoints"],
  },
  {
    name: "expiry is decided on what may still be cut back",
    edits: [{
      file: STORE_VIEW,
      from:
        "    if (!view.isSettled) throw lockNeverFree(store.paths.active);\n    const file = await activePart(view)?.openRaw();\n    await file?.sync();\n",
      to: "",
    }],
    caughtBy: ["replacements"],
  },
  {
    name: "a reader takes what is being written for what is there",
    edits: [{
      file: STORE_VIEW,
      from: "if (last === undefined || view.isSettled) return",
      to: "if (last === undefined || view) return",
    }, {
      file: "lib/backends/file/reading/read_store.ts",
      from: "const isCut = !isSettled &&",
      to: "const isCut = line.length < 0 &&",
    }],
    caughtBy: ["interleavings"],
  },
  {
    name: "a gap in the numbers is passed over",
    edits: [{
      file: "lib/backends/file/sequence/sequence_check.ts",
      from: "if (to - from + 1 <= this.#damagedSinceSeq) return;",
      to: "if (from > 0) return;",
    }],
    caughtBy: ["fuzz"],
  },
  {
    name: "new files are opened wherever somebody put one",
    edits: [{
      file: NATIVE,
      from: "(createExclusively ? O_CREAT | O_EXCL : 0)",
      to: "(createExclusively ? O_CREAT : 0)",
    }],
    caughtBy: ["security"],
  },
  {
    name: "links are followed",
    edits: [{
      file: NATIVE,
      from: '(access === "read" ? O_RDONLY : O_RDWR | O_APPEND) | O_NOFOLLOW',
      to: '(access === "read" ? O_RDONLY : O_RDWR | O_APPEND) | 0',
    }],
    caughtBy: ["security"],
  },
  {
    name: "new files are for everybody to read",
    edits: [{ file: NATIVE, from: "const FILE_MODE = 0o600;", to: "const FILE_MODE = 0o644;" }],
    caughtBy: ["security"],
  },
  {
    name: "control characters reach the terminal",
    edits: [{
      file: "lib/model/escape_text.ts",
      from: "(character) => SHORT[character] ?? escaped(character)",
      to: "(character) => character",
    }],
    caughtBy: ["security"],
  },
  ...FOLLOWING_MUTATIONS,
];
