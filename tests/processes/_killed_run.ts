/**
 * One maintenance run that is killed at its nth change of the disk; exit code 0 where it has fewer.
 *
 * Arguments: path, the run as JSON, n.
 *
 * @module
 */

import process from "node:process";
import { killingFileSystem } from "./_killing_file_system.ts";
import { fileSystemOf, type PlannedRun, runOnce } from "./_run_once.ts";

const [path, json, fatal] = process.argv.slice(2);
const run: PlannedRun = JSON.parse(json!);
let changes = 0;
const isFatal = (): boolean => ++changes === Number(fatal);
await runOnce(path!, run, killingFileSystem(fileSystemOf(run), isFatal));
process.exit(0);
