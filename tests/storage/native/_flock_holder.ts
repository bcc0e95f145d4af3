/**
 * Holds an flock on the file named by its first argument until its standard input ends. Says `locked`,
 * or `busy` where another has it.
 *
 * @module
 */

import process from "node:process";
import type { LockMode } from "../../../lib/storage/file_system.ts";
import { nativeFileSystem } from "../../../lib/storage/native/native_file_system.ts";

const [path, mode] = process.argv.slice(2) as [string, LockMode];
const file = await nativeFileSystem.open(path, { access: "append", lockable: true });
process.stdout.write(file.tryLock(mode) ? "locked\n" : "busy\n");
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
