import { join } from "node:path";
import { findBun } from "../../../scripts/_bun.ts";
import type { LockMode, OpenFile } from "../../../lib/storage/file_system.ts";
import { nativeFileSystem } from "../../../lib/storage/native/native_file_system.ts";
import { assert, assertEquals, assertThrows } from "../../_assert.ts";
import { tempTest } from "../../_temp.ts";

async function withOpenings(
  directory: string,
  body: (one: OpenFile, other: OpenFile, path: string) => Promise<void> | void,
): Promise<void> {
  const path = join(directory, "file");
  await Deno.writeTextFile(path, "");
  const open = () => nativeFileSystem.open(path, { access: "append", lockable: true });
  const openings = [await open(), await open()] as const;
  try {
    await body(...openings, path);
  } finally {
    for (const opening of openings) await opening.close();
  }
}

tempTest(
  "an flock belongs to one opening, also within a process",
  (directory) =>
    withOpenings(directory, (one, other) => {
      assert(one.tryLock("exclusive"));
      assert(!other.tryLock("exclusive"));
      assert(!other.tryLock("shared"));
      one.unlock();
      assert(other.tryLock("exclusive"));
    }),
);

tempTest(
  "an flock can be shared, and keeps the exclusive one out",
  (directory) =>
    withOpenings(directory, (one, other) => {
      assert(one.tryLock("shared"));
      assert(other.tryLock("shared"));
      other.unlock();
      assert(!other.tryLock("exclusive"));
      one.unlock();
      assert(other.tryLock("exclusive"));
    }),
);

tempTest(
  "an flock ends when its opening is closed",
  (directory) =>
    withOpenings(directory, async (one, other) => {
      assert(one.tryLock("exclusive"));
      await one.close();
      assert(other.tryLock("exclusive"));
    }),
);

tempTest(
  "a lock is never converted, and never taken unasked",
  (directory) =>
    withOpenings(directory, async (one, _other, path) => {
      assert(one.tryLock("shared"));
      assertThrows(() => one.tryLock("exclusive"), Error, "already locked");
      one.unlock();
      one.unlock();
      const plain = await nativeFileSystem.open(path, { access: "read" });
      assertThrows(() => plain.tryLock("shared"), Error, "not opened for it");
      await plain.close();
    }),
);

tempTest(
  "an flock is on the file, and not on its name",
  (directory) =>
    withOpenings(directory, async (one, _other, path) => {
      assert(one.tryLock("exclusive"));
      await Deno.rename(path, `${path}.old`);
      await Deno.writeTextFile(path, "");
      const replacement = await nativeFileSystem.open(path, { access: "append", lockable: true });
      assert(replacement.tryLock("exclusive"));
      await replacement.close();
      const old = await nativeFileSystem.open(`${path}.old`, { access: "read", lockable: true });
      assert(!old.tryLock("shared"));
      await old.close();
    }),
);

/** A process that tries to lock a file, and keeps the lock until it is told to end. */
class Holder implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;

  constructor(command: readonly string[], path: string, mode: LockMode) {
    const [program, ...args] = command;
    const script = join(import.meta.dirname!, "_flock_holder.ts");
    this.#process = new Deno.Command(program!, {
      args: [...args, script, path, mode],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
  }

  async said(): Promise<string> {
    const reader = this.#process.stdout.getReader();
    const { value } = await reader.read();
    reader.releaseLock();
    return new TextDecoder().decode(value).trim();
  }

  kill(): Promise<unknown> {
    this.#process.kill("SIGKILL");
    return this.#process.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stdin.close().catch(() => {});
    await this.#process.status;
    await this.#process.stdout.cancel();
  }
}

const RUNTIMES: { readonly [name: string]: () => Promise<readonly string[]> } = {
  Deno: () => Promise.resolve([Deno.execPath(), "run", "-A", "--no-check", "--quiet"]),
  Bun: async () => [await findBun()],
};

for (const [name, commandOf] of Object.entries(RUNTIMES)) {
  tempTest(
    `a lock of another process, under ${name}, is respected and given way to`,
    (directory) =>
      withOpenings(directory, async (one, _other, path) => {
        const command = await commandOf();
        {
          await using holder = new Holder(command, path, "exclusive");
          assertEquals(await holder.said(), "locked");
          assert(!one.tryLock("shared"));
          await holder.kill();
          assert(one.tryLock("exclusive"), "a lock dies with its process");
        }
        await using late = new Holder(command, path, "shared");
        assertEquals(await late.said(), "busy");
      }),
  );
}
