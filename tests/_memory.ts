/**
 * How much memory a process takes.
 *
 * @module
 */

const LOOK_EVERY_MS = 2;

/** Follows the most memory that a process has had resident, as the kernel keeps it. */
export function watchMemory(pid: number): () => number {
  let peakBytes = 0;
  const look = (): void => {
    try {
      const status = Deno.readTextFileSync(`/proc/${pid}/status`);
      const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0;
      peakBytes = Math.max(peakBytes, Number(kibibytes) * 1024);
    } catch {
      // It has just ended.
    }
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    return peakBytes;
  };
}
