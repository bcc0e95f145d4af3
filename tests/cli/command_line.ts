/**
 * What tests elsewhere use of those of the command line.
 *
 * @module
 */

export {
  cliTest,
  endOf,
  papyra,
  papyraCommand,
  papyraOk,
  type RunResult,
  spawnPapyra,
} from "./_papyra.ts";
export { damagedStore, events, storeOf } from "./_stores.ts";
export { fakeTerminal } from "./_terminal.ts";
