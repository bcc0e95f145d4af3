/**
 * Signals that fire with others, for as long as a call takes.
 *
 * @module
 */

/** A signal, and how to let go of those that it fires with. */
export interface LinkedSignal {
  /** Fires with the first of its sources, for the same reason. */
  readonly signal: AbortSignal;
  /** Lets go of the sources. */
  unlink(): void;
}

/**
 * Makes a signal that fires with others. What `AbortSignal.any` makes stays in memory for as long as
 * its sources do, which for those of a store is the life of the process.
 */
export function linkSignals(sources: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController();
  const links = sources.filter((source) => source !== undefined).map((source) => {
    const onAbort = () => controller.abort(source.reason);
    if (source.aborted) onAbort();
    source.addEventListener("abort", onAbort);
    return () => source.removeEventListener("abort", onAbort);
  });
  return { signal: controller.signal, unlink: () => links.forEach((unlink) => unlink()) };
}
