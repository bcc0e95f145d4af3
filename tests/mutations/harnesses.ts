/** The harnesses that a broken build is given to, each as arguments of `deno test`. */

/** How a harness is run. */
export interface Harness {
  /** Test files, and what else `deno test` is to be given. */
  readonly args: readonly string[];
  /** A script that makes what is tested of what was broken. */
  readonly prepare?: string;
  /** Variables that make it short. */
  readonly env?: Readonly<Record<string, string>>;
}

/** All of them by name. */
export const HARNESSES = {
  crashPoints: { args: ["tests/faults/crash_points_test.ts"] },
  failingCalls: {
    args: ["tests/faults/failing_calls_test.ts", "tests/faults/failing_calls_on_segments_test.ts"],
  },
  faultyWrites: {
    args: [
      "tests/storage/appending/append_log_faults_test.ts",
      "tests/storage/appending/append_log_fence_test.ts",
    ],
  },
  replacements: {
    args: [
      "tests/backends/file/replacing/replace_file_test.ts",
      "tests/backends/file/compaction/compact_test.ts",
    ],
  },
  interleavings: {
    args: ["--filter", "every promise", "tests/faults/interleavings_test.ts"],
    env: { PAPYRA_INTERLEAVINGS: "500" },
  },
  fuzz: { args: ["tests/fuzz/fuzz_test.ts"] },
  bitFlips: { args: ["tests/backends/file/scanning/bit_flips_test.ts"] },
  runs: {
    prepare: "scripts/kernel.ts",
    args: [
      "tests/storage/lines/kernel/run_kernel_test.ts",
      "tests/storage/lines/plain_run_test.ts",
      "tests/backends/file/store/store_runs_test.ts",
    ],
  },
  kills: { args: ["tests/processes/torture_test.ts", "tests/processes/kill_at_each_step_test.ts"] },
  following: { args: ["tests/backends/file/following"] },
  races: { args: ["tests/processes/concurrent_test.ts"] },
  security: { args: ["tests/security", "tests/storage/native/native_file_system_test.ts"] },
} as const satisfies Readonly<Record<string, Harness>>;

/** The name of a harness. */
export type HarnessName = keyof typeof HARNESSES;
