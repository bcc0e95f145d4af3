/**
 * What a running command has beside its options.
 *
 * @module
 */

import type { Notes } from "./notes.ts";
import type { Interruption } from "./interruption.ts";
import type { Output } from "./output.ts";
import type { OtlpPush } from "./otlp_push.ts";
import type { Terminal } from "./terminal.ts";
import type { TerminationLog } from "./termination_log.ts";
import type { Textfile } from "./textfile.ts";

/** One run of one command. */
export interface Session {
  /** Standard output. */
  readonly output: Output;
  /** Standard error. */
  readonly notes: Notes;
  /** Whether the answer is one JSON document. */
  readonly isJson: boolean;
  /** Whether to print only what was asked for and what is wrong. */
  readonly isQuiet: boolean;
  /** Fires when the command is to stop. */
  readonly signal: AbortSignal;
  /** What can stop it. */
  readonly interruption: Interruption;
  /** What it came to, for whoever started it. */
  readonly terminationLog: TerminationLog;
  /** What node_exporter is to collect of it. */
  readonly textfile: Textfile;
  /** What a collector is to be sent of it. */
  readonly otlp: OtlpPush;
  /** The process around it. */
  readonly terminal: Terminal;
}
