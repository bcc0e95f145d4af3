import { assertEquals, assertThrows } from "../_assert.ts";
import { PapyraError } from "../../lib/errors.ts";
import {
  formatDuration,
  formatSize,
  formatTime,
  parseDuration,
  parseSize,
  parseTime,
} from "../../lib/model/units.ts";

const NOW = 1_700_000_000;

Deno.test("parseSize() takes bytes and units of 1000 and 1024, in any case", () => {
  const sizes: Record<string, number> = {
    "0": 0,
    "4096": 4096,
    "7B": 7,
    "2kB": 2000,
    "2 KB": 2000,
    "2KiB": 2048,
    "500MiB": 524_288_000,
    "1.5mib": 1_572_864,
    " 3 GB ": 3e9,
    "1TiB": 2 ** 40,
  };
  for (const [text, bytes] of Object.entries(sizes)) assertEquals(parseSize(text), bytes, text);
});

Deno.test("parseSize() refuses what is not a whole number of bytes", () => {
  for (const text of ["", "MiB", "1M", "1.5B", "-1", "1e3", "0x10", "9007199254740993", "∞"]) {
    assertThrows(() => parseSize(text), PapyraError, `Cannot read size "${text}"`);
  }
});

Deno.test("formatSize() uses the largest unit that leaves a number to read", () => {
  assertEquals(
    [0, 1023, 1024, 1536, 524_288_000, 2 ** 45, -2048].map(formatSize),
    ["0 B", "1023 B", "1 KiB", "1.5 KiB", "500 MiB", "32 TiB", "-2 KiB"],
  );
});

Deno.test("parseDuration() takes seconds and units", () => {
  const durations: Record<string, number> = {
    "90": 90,
    "500ms": 0.5,
    "30s": 30,
    "1.5m": 90,
    "24h": 86_400,
    "30d": 2_592_000,
    "2 W": 1_209_600,
  };
  for (const [text, seconds] of Object.entries(durations)) {
    assertEquals(parseDuration(text), seconds, text);
  }
});

Deno.test("parseDuration() refuses everything else", () => {
  for (const text of ["", "d", "-1d", "1y", "1h30m", "Infinity", "1e3s", "toString"]) {
    assertThrows(() => parseDuration(text), PapyraError, `Cannot read duration "${text}"`);
  }
});

Deno.test("formatDuration() writes what parseDuration() reads", () => {
  const texts = ["1w", "30d", "24h", "90m", "45s", "250ms", "2.5s"];
  assertEquals(
    texts.map((text) => formatDuration(parseDuration(text))),
    ["1w", "30d", "1d", "90m", "45s", "250ms", "2.5s"],
  );
  assertEquals(formatDuration(0), "0ms");
});

Deno.test("parseTime() takes Unix seconds", () => {
  for (const [text, time] of [["0", 0], ["1700000000.25", 1_700_000_000.25], ["-5", -5]] as const) {
    assertEquals(parseTime(text, NOW), time);
  }
});

Deno.test("parseTime() takes ISO 8601, UTC where it names no zone", () => {
  const times: Record<string, number> = {
    "2023-11-14T22:13:20Z": NOW,
    "2023-11-14 22:13:20": NOW,
    "2023-11-14T22:13:20.250z": NOW + 0.25,
    "2023-11-14T23:13:20+01:00": NOW,
    "2023-11-14T16:43:20-0530": NOW,
    "2023-11-14T22:13": NOW - 20,
    "1970-01-02": 86_400,
  };
  for (const [text, time] of Object.entries(times)) assertEquals(parseTime(text, NOW), time, text);
});

Deno.test("parseTime() takes how long ago", () => {
  assertEquals(parseTime("24h", NOW), NOW - 86_400);
  assertEquals(parseTime("30 d ago", NOW), NOW - 2_592_000);
  assertEquals(parseTime("1.5s", NOW), NOW - 1.5);
});

Deno.test("parseTime() refuses days that no calendar has, and everything else", () => {
  const texts = [
    "",
    "now",
    "yesterday",
    "NaN",
    "Infinity",
    "1e999",
    "9".repeat(400),
    "2023-02-30",
    "2023-13-01",
    "2023-01-01T24:00",
    "2023-01-01T00:60",
    "2023-1-1",
    "24x",
  ];
  for (const text of texts) {
    assertThrows(() => parseTime(text, NOW), PapyraError, "Cannot read time");
  }
});

Deno.test("formatTime() writes ISO 8601, and seconds where no calendar reaches", () => {
  assertEquals(formatTime(NOW + 0.25), "2023-11-14T22:13:20.250Z");
  assertEquals(parseTime(formatTime(NOW), 0), NOW);
  assertEquals(formatTime(1e15), "1000000000000000");
});
