/**
 * The innermost loop of every look at a store: takes lines that are plain, one after another, and sums
 * up what they say. In AssemblyScript, because two thirds of what such a line costs in JavaScript is a view
 * and a call for its checksum; `deno task kernel` compiles it into `run_kernel_wasm.ts`.
 *
 * It says of a line what `PlainRunReader` in `plain_run.ts` says, or nothing: whatever is unusual ends the
 * run, and that is asked. Lines are compared in words of eight bytes, whose constants stand here as they
 * are in memory, the first byte last.
 */

// Where everything lies in memory, which `scripts/kernel.ts` makes as large.
const TABLES: usize = 0x0400;
export const SUMS: usize = 0x4400;
export const NUMBERS: usize = 0x6000;
export const ROOM: usize = 0x10000;
export const ROOM_BYTES: usize = 0x80000;

// Of eight-byte floats: lines, first number, last number, bytes of the numbers; then of each kind.
const KIND_SUMS: usize = SUMS + 4 * 8;
const KIND_SUMS_BYTES: usize = 6 * 8;
const KINDS: usize = 3;

const RUN_BYTES_MAX: usize = 64 * 1024;
// `{"kind":"event","timestamp":1,"seq":1,"crc":"01234567"}`
const LINE_BYTES_MIN: usize = 55;

const KIND_START: u64 = 0x3a22646e696b227b; // {"kind":
const EVENT: u64 = 0x22746e657665; // event"
const AUDIT: u64 = 0x227469647561; // audit"
const SIX_BYTES: u64 = 0xffffffffffff;
const DEAD_LET: u64 = 0x74656c5f64616564; // dead_let
const TER: u32 = 0x22726574; // ter"
const TIMESTAMP_START: u64 = 0x73656d6974222c22; // ","times
const TIMESTAMP_END: u64 = 0x3a22706d61747365; // estamp":
const TIMESTAMP_BYTES: usize = 14;
const SEQ_START: u64 = 0x3a22716573222c; // ,"seq":
const TRAILER_START: u64 = 0x223a22637263222c; // ,"crc":"
const TRAILER_END: u16 = 0x7d22; // "}
const TRAILER_BYTES: usize = 18;

const NEWLINE: u8 = 0x0a;
const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const POINT: u8 = 0x2e;
const DIGIT_0: u8 = 0x30;
const TIMESTAMP_DIGITS_MAX: usize = 17;
const SEQ_DIGITS_MAX: usize = 16;
const SAFE_INTEGER_MAX: u64 = (1 << 53) - 1;
const POLYNOMIAL: u32 = 0xedb88320;
// From so many bytes on, what the processor has for checksums makes up for a call that leaves this loop.
const OUTSIDE_BYTES_MIN: usize = 256;

/** CRC-32 of what lies there, as the runtime computes it. */
@external("outside", "crc32")
declare function crc32Outside(from: usize, end: usize): u32;

makeTables();

// What a line says, once it was found to be plain.
let kind: usize = 0;
let timestamp: f64 = 0;
let seq: u64 = 0;
let seqAt: usize = 0;

/** Takes the plain lines from `start` on; returns where they end: at `start` if the first is none. */
export function takeRun(start: usize, end: usize): usize {
  clearSums();
  let at = start;
  let lines: u32 = 0;
  let numbersEnd = NUMBERS;
  let lastSeq: u64 = 0;
  while (at < start + RUN_BYTES_MAX) {
    const newline = findNewline(at, end);
    if (newline === end || newline - at < LINE_BYTES_MIN || !readLine(at, newline)) break;
    if (lines === 0) store<f64>(SUMS, f64(seq), 8);
    else if (seq !== lastSeq + 1) break;
    lines++;
    lastSeq = seq;
    numbersEnd = addNumber(numbersEnd, newline - TRAILER_BYTES);
    addToKind(f64(newline + 1 - at));
    at = newline + 1;
  }
  store<f64>(SUMS, f64(lines));
  store<f64>(SUMS, f64(lastSeq), 16);
  store<f64>(SUMS, f64(numbersEnd - NUMBERS), 24);
  return at;
}

/** The next newline, 16 bytes at a time; `end` if there is none. */
function findNewline(from: usize, end: usize): usize {
  const newlines = i8x16.splat(NEWLINE);
  for (let at = from; at < end; at += 16) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(at), newlines));
    if (found !== 0) return min(at + ctz(found), end);
  }
  return end;
}

/** Whether a line is plain; then it has been read. */
function readLine(at: usize, newline: usize): bool {
  const trailer = newline - TRAILER_BYTES;
  if (load<u64>(trailer) !== TRAILER_START || load<u16>(trailer, 16) !== TRAILER_END) return false;
  if (load<u64>(trailer, 8) !== hexOf(crc32(at, trailer))) return false;
  const timestampAt = readKind(at);
  return timestampAt !== 0 && readTimestamp(timestampAt) && readSeq(trailer);
}

/** Returns where the kind ends; 0 where it is none of ours. */
function readKind(at: usize): usize {
  if (load<u64>(at) !== KIND_START || load<u8>(at, 8) !== QUOTE) return 0;
  const name = at + 9;
  const word = load<u64>(name);
  if ((word & SIX_BYTES) === EVENT) {
    kind = 0;
    return name + 5;
  }
  if ((word & SIX_BYTES) === AUDIT) {
    kind = 1;
    return name + 5;
  }
  kind = 2;
  return word === DEAD_LET && load<u32>(name, 8) === TER ? name + 11 : 0;
}

// As `numberAt` in `line_codec.ts`; what is not exact there is left to it.
function readTimestamp(at: usize): bool {
  if (load<u64>(at) !== TIMESTAMP_START || load<u64>(at, 6) !== TIMESTAMP_END) return false;
  let digit = at + TIMESTAMP_BYTES;
  let value: u64 = 0;
  let scale: f64 = 1;
  let digits: u32 = 0;
  let hasPoint = false;
  for (const last = digit + TIMESTAMP_DIGITS_MAX; digit < last; digit++) {
    const byte = load<u8>(digit);
    if (isDigit(byte)) {
      value = value * 10 + (byte - DIGIT_0);
      digits++;
      if (hasPoint) scale *= 10;
    } else if (byte === POINT && !hasPoint) hasPoint = true;
    else break;
  }
  timestamp = f64(value) / scale;
  return load<u8>(digit) === COMMA && digits > 0 && value <= SAFE_INTEGER_MAX;
}

// From its end, because what is before it may hold anything.
function readSeq(trailer: usize): bool {
  let digit = trailer;
  let scale: u64 = 1;
  seq = 0;
  while (digit > trailer - SEQ_DIGITS_MAX && isDigit(load<u8>(digit - 1))) {
    seq += (load<u8>(--digit) - DIGIT_0) * scale;
    scale *= 10;
  }
  seqAt = digit;
  // A number with zeros before it is not written by us.
  return digit < trailer && load<u8>(digit) !== DIGIT_0 && seq <= SAFE_INTEGER_MAX &&
    load<u64>(digit - 8) >>> 8 === SEQ_START;
}

function isDigit(byte: u8): bool {
  return <u8>(byte - DIGIT_0) <= 9;
}

/** Copies the digits of the line's number, all sixteen that it may have at once; returns where the next go. */
function addNumber(numbersEnd: usize, seqEnd: usize): usize {
  v128.store(numbersEnd, v128.load(seqAt));
  const end = numbersEnd + (seqEnd - seqAt);
  store<u8>(end, NEWLINE);
  return end + 1;
}

/** Records, bytes, oldest, newest, first number, last number. */
function clearSums(): void {
  for (let index: usize = 0; index < KINDS; index++) {
    const sums = KIND_SUMS + index * KIND_SUMS_BYTES;
    store<f64>(sums, 0);
    store<f64>(sums, 0, 8);
    store<f64>(sums, Infinity, 16);
    store<f64>(sums, -Infinity, 24);
  }
}

function addToKind(bytes: f64): void {
  const sums = KIND_SUMS + kind * KIND_SUMS_BYTES;
  const records = load<f64>(sums);
  if (records === 0) store<f64>(sums, f64(seq), 32);
  store<f64>(sums, records + 1);
  store<f64>(sums, load<f64>(sums, 8) + bytes, 8);
  store<f64>(sums, min(load<f64>(sums, 16), timestamp), 16);
  store<f64>(sums, max(load<f64>(sums, 24), timestamp), 24);
  store<f64>(sums, f64(seq), 40);
}

/** Eight lower-case hex digits, as they stand in memory. */
function hexOf(value: u32): u64 {
  // One digit a byte, spread in halves; `a` to `f` stand 39 behind the digits.
  let digits = u64(bswap(value));
  digits = (digits | digits << 16) & 0x0000ffff0000ffff;
  digits = (digits | digits << 8) & 0x00ff00ff00ff00ff;
  digits = (digits >>> 4 | digits << 8) & 0x0f0f0f0f0f0f0f0f;
  const letters = (digits + 0x0606060606060606) >>> 4 & 0x0101010101010101;
  return digits + 0x3030303030303030 + letters * 39;
}

/**
 * CRC-32 (ISO-HDLC, as in zlib), 16 bytes at a time: each byte has a table for its distance from the end
 * of the sixteen ("slicing": Kounavis and Berry, "Novel Table Lookup-Based Algorithms for High-Performance
 * CRC Generation", 2008); of much, the runtime's.
 */
function crc32(from: usize, end: usize): u32 {
  if (end - from >= OUTSIDE_BYTES_MIN) return crc32Outside(from, end);
  let crc: u32 = 0xffffffff;
  let at = from;
  for (; at + 16 <= end; at += 16) {
    crc = sliced(12, load<u32>(at) ^ crc) ^ sliced(8, load<u32>(at, 4)) ^
      sliced(4, load<u32>(at, 8)) ^ sliced(0, load<u32>(at, 12));
  }
  for (; at + 4 <= end; at += 4) crc = sliced(0, load<u32>(at) ^ crc);
  for (; at < end; at++) crc = entry(0, crc ^ load<u8>(at)) ^ crc >>> 8;
  return ~crc;
}

/** What four bytes come to that stand so many before the end. */
function sliced(before: usize, word: u32): u32 {
  return entry(before + 3, word) ^ entry(before + 2, word >>> 8) ^
    entry(before + 1, word >>> 16) ^ entry(before, word >>> 24);
}

function entry(table: usize, index: u32): u32 {
  return load<u32>(TABLES + table * 1024 + (index & 0xff) * 4);
}

function makeTables(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >>> 1 ^ POLYNOMIAL : crc >>> 1;
    store<u32>(TABLES + byte * 4, crc);
  }
  for (let slot = TABLES + 1024; slot < SUMS; slot += 4) {
    const crc = load<u32>(slot - 1024);
    store<u32>(slot, entry(0, crc) ^ crc >>> 8);
  }
}
