/**
 * Ticks of axes and what they say.
 *
 * @module
 */

import { formatTime } from "../../model/units.ts";
import { formatCount } from "../wording.ts";

/** A mark on an axis. */
export interface Tick {
  /** Where, from 0 to 1. */
  readonly at: number;
  /** What it says. */
  readonly label: string;
}

/** A mark on an axis of time. */
export interface TimeTick extends Tick {
  /** Whether its label stays where there is room for half of them. */
  readonly isMain: boolean;
}

const COUNT_TICKS = 5;
// A label with a year takes more room.
const TIME_TICKS_MAX = 8;
const LONG_TICKS_MAX = 5;
const DAY = 86_400;
const YEAR = 365 * DAY;

/** A round number of records not below `most`, and ticks from 0 to it. */
export function countAxis(most: number): { readonly top: number; readonly ticks: readonly Tick[] } {
  const step = roundUp(Math.max(1, most / COUNT_TICKS));
  const steps = Math.max(1, Math.ceil(most / step));
  const top = step * steps;
  const ticks = Array.from({ length: steps + 1 }, (_, index) => ({
    at: index / steps,
    label: top < 10_000 ? formatCount(index * step) : shortCount(index * step),
  }));
  return { top, ticks };
}

// In few characters: `950`, `12k`, `1.5M`.
function shortCount(count: number): string {
  for (const [unit, size] of [["G", 1e9], ["M", 1e6], ["k", 1e3]] as const) {
    if (count >= size) return `${Number((count / size).toFixed(1))}${unit}`;
  }
  return formatCount(count);
}

const TIME_STEPS = [
  1,
  5,
  10,
  30,
  60,
  300,
  600,
  1800,
  3600,
  10_800,
  21_600,
  43_200,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  28 * DAY,
  91 * DAY,
  182 * DAY,
];

/** Ticks at round times between two moments. */
export function timeTicks(from: number, to: number): TimeTick[] {
  const span = to - from;
  const step =
    TIME_STEPS.find((each) => span / each <= (each < 28 * DAY ? TIME_TICKS_MAX : LONG_TICKS_MAX)) ??
      Math.ceil(span / YEAR / LONG_TICKS_MAX) * YEAR;
  const times: number[] = [];
  // The last one would stand at the edge, where its label has no room.
  for (let time = Math.ceil(from / step) * step; time <= to - span / 20; time += step) {
    times.push(time);
  }
  // A date says more than an hour.
  const hasDates = step < DAY && times.filter((time) => time % DAY === 0).length > 1;
  return times.map((time, index) => ({
    at: (time - from) / span,
    label: timeLabel(time, step),
    isMain: hasDates ? time % DAY === 0 : index % 2 === 0,
  }));
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

function timeLabel(time: number, step: number): string {
  const [, year, month, day, clock] = /^(\d{4})-(\d\d)-(\d\d)T(.{8})/.exec(formatTime(time)) ?? [];
  if (year === undefined) return formatTime(time);
  if (step >= YEAR) return year;
  const date = `${Number(day)} ${MONTHS[Number(month) - 1]}`;
  if (step >= 28 * DAY) return `${date} ${year}`;
  if (step >= DAY || clock === "00:00:00") return date;
  return step >= 60 ? clock!.slice(0, 5) : clock!;
}

function roundUp(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5, 10].find((each) => each * magnitude >= value) ?? 10;
  return factor * magnitude;
}
