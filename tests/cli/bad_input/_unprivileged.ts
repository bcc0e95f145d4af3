/**
 * The command line as a user without rights runs it: root, for whom no permission is missing, becomes
 * somebody else for it.
 *
 * @module
 */

import { join } from "node:path";
import { bundleInParts } from "../../../scripts/_bundle.ts";
import type { RunResult } from "../_papyra.ts";
import { papyraCommand } from "../_papyra.ts";

const IS_ROOT = Deno.uid() === 0;
const NOBODY = 65534;
const ENV = { PAPYRA_STORE: "", PAPYRA_CONFIG: "", NO_COLOR: "1" };

/** Somebody whose rights are limited, with a place of their own and the command line. */
export class Unprivileged implements AsyncDisposable {
  /** A directory that is theirs, for one test after another. */
  readonly directory: string;
  readonly #command: readonly string[];

  private constructor(directory: string, command: readonly string[]) {
    this.directory = directory;
    this.#command = command;
  }

  /** Gets them everything. Not under TMPDIR, which may be root's alone. */
  static async create(): Promise<Unprivileged> {
    const directory = await Deno.makeTempDir({ dir: "/tmp", prefix: "papyra-unprivileged-" });
    // What Deno keeps of a program makes it start in less time.
    await Deno.mkdir(join(directory, "cache"));
    if (IS_ROOT) await Deno.chown(join(directory, "cache"), NOBODY, NOBODY);
    const command = IS_ROOT ? await copyCommand(directory) : papyraCommand();
    return new Unprivileged(directory, command);
  }

  /** Runs a command line as them. */
  async papyra(args: readonly string[], stdin = ""): Promise<RunResult> {
    const [command, ...first] = this.#command;
    const child = new Deno.Command(command!, {
      args: [...first, ...args],
      cwd: this.directory,
      env: { ...ENV, DENO_DIR: join(this.directory, "cache") },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      ...(IS_ROOT ? { uid: NOBODY, gid: NOBODY } : {}),
    }).spawn();
    const writer = child.stdin.getWriter();
    // It may end without having read anything.
    await writer.write(new TextEncoder().encode(stdin)).catch(() => {});
    await writer.close().catch(() => {});
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  /** Gives them a path and everything below it. */
  async own(path: string): Promise<void> {
    if (IS_ROOT) await Deno.chown(path, NOBODY, NOBODY);
    if (!(await Deno.lstat(path)).isDirectory) return;
    for await (const { name } of Deno.readDir(path)) await this.own(join(path, name));
  }

  /** Takes everything away again. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}

// What root's user runs may lie where nobody else can look.
async function copyCommand(directory: string): Promise<readonly string[]> {
  const [command, ...args] = papyraCommand();
  const copy = join(directory, "command");
  // By a process of its own: what another test starts while this one writes it would keep it busy.
  await new Deno.Command("cp", { args: ["--", command!, copy] }).output();
  const script = args.length === 0 ? null : await bundleInParts(join(directory, "bundle"));
  // A new directory is its maker's alone, and so is what root's umask keeps from everybody else.
  await new Deno.Command("chmod", { args: ["-R", "a+rX", "--", directory] }).output();
  if (script === null) return [copy];
  return [copy, "run", "-A", "--quiet", "--no-lock", "--no-config", script];
}
