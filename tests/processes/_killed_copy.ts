/**
 * One copy that is killed at its nth change of the disk; exit code 0 where it has fewer.
 *
 * Arguments: the source's path, the target's, n.
 *
 * @module
 */

import process from "node:process";
import { nativeFileSystem } from "../../lib/storage/native/native_file_system.ts";
import { copyStore, JsonFilePersistence, RotatingFilePersistence } from "../../mod.ts";
import { killingFileSystem } from "./_killing_file_system.ts";

const [source, target, fatal] = process.argv.slice(2);
let changes = 0;
const fileSystem = killingFileSystem(nativeFileSystem, () => ++changes === Number(fatal));
const from = new JsonFilePersistence(source!);
const to = new RotatingFilePersistence(target!, { fileSystem, maxBytes: 4096 });
await copyStore({ from, to, batchSize: 10 });
process.exit(0);
