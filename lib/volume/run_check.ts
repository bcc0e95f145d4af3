/**
 * Runs one check: within bounds of time, with an end to every process that it started.
 *
 * @module
 */

import { clearTimeout, setTimeout } from "node:timers";
import { setTimeout as delay } from "node:timers/promises";
import { abortError, messageOf, throwIfAborted } from "../errors.ts";
import type { VolumeCheck, VolumeFinding } from "../model/volume_report.ts";
import { explainOsError, isFullError } from "../storage/os_error.ts";
import { failed, unknown } from "../model/finding.ts";
import { type Check, type CheckContext, CHOOSE_ANOTHER } from "./check.ts";
import { Helper, HelperError, type HelperProcess, type StartHelper } from "./helper.ts";

/** What all checks work with. */
export interface CheckSurroundings
  extends Pick<CheckContext, "fileSystem" | "directory" | "scratch" | "facts"> {
  /** Milliseconds for all measuring. */
  readonly durationMs: number;
  /** How long one check may take before the volume counts as one that does not answer. */
  readonly timeoutMs: number;
  /** Stops the check. */
  readonly signal: AbortSignal;
  /** Starts a second process. */
  readonly startHelper: StartHelper;
  /** Told of the milliseconds of measuring that are over. */
  onElapsed(elapsedMs: number): void;
}

// Time for a check that is told to stop to close what it has open.
const GRACE_MS = 2000;

/** Runs a check. Throws where it was stopped, where there is no room, or what a defect throws. */
export async function runCheck(
  check: Check,
  surroundings: CheckSurroundings,
): Promise<VolumeCheck> {
  const { signal, timeoutMs } = surroundings;
  throwIfAborted(signal);
  const overtime = new AbortController();
  const timer = setTimeout(() => overtime.abort(), timeoutMs);
  const stop = AbortSignal.any([signal, overtime.signal]);
  const helpers: HelperProcess[] = [];
  try {
    const running = check.run(contextOf(check, surroundings, stop, helpers));
    const finding = await settledOrStopped(running, stop, helpers);
    throwIfAborted(signal);
    return { check: check.name, ...finding };
  } catch (error) {
    throwIfAborted(signal);
    return { check: check.name, ...findingOf(error, overtime.signal.aborted, timeoutMs) };
  } finally {
    clearTimeout(timer);
    await Promise.all(helpers.map((helper) => helper.kill()));
  }
}

function contextOf(
  { share }: Check,
  { durationMs, startHelper, onElapsed, ...surroundings }: CheckSurroundings,
  stop: AbortSignal,
  helpers: HelperProcess[],
): CheckContext {
  const ownMs = durationMs * share;
  const start = performance.now();
  return {
    ...surroundings,
    durationMs: ownMs,
    start: (role, ...args) => {
      const helper = started(startHelper, [role, ...args.map(String)]);
      helpers.push(helper);
      return new Helper(helper);
    },
    goOn: () => {
      throwIfAborted(stop);
      const elapsedMs = performance.now() - start;
      onElapsed(Math.min(elapsedMs, ownMs));
      return elapsedMs < ownMs;
    },
  };
}

function started(startHelper: StartHelper, role: readonly string[]): HelperProcess {
  try {
    return startHelper(role);
  } catch (cause) {
    throw new HelperError(messageOf(cause), { cause });
  }
}

async function settledOrStopped(
  running: Promise<VolumeFinding>,
  stop: AbortSignal,
  helpers: readonly HelperProcess[],
): Promise<VolumeFinding> {
  const settled = running.catch(() => {});
  const stopped = new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([settled, stopped]);
  if (!stop.aborted) return await running;
  await Promise.all(helpers.map((helper) => helper.kill()));
  await Promise.race([settled, delay(GRACE_MS)]);
  throw abortError(stop);
}

function findingOf(error: unknown, isOvertime: boolean, timeoutMs: number): VolumeFinding {
  if (isOvertime) {
    return unknown(
      `no answer within ${
        Math.round(timeoutMs) / 1000
      } s, from the volume or from a second process`,
      "look for what blocks them, and try again",
    );
  }
  if (error instanceof HelperError) {
    return unknown(
      `no second process could take part: ${messageOf(error)}`,
      "run the papyra executable, or deno run -A, from where this user may start it",
    );
  }
  const { code } = error as { code?: unknown };
  if (typeof code !== "string" || isFullError(error)) throw error;
  return failed("none", explainOsError(error), CHOOSE_ANOTHER);
}
