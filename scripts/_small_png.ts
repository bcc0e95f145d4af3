/**
 * Pictures of pages in few bytes: a page has few colours, so that one byte a pixel is enough for it.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);
const COLOURS_MAX = 256;
const CHANNELS = { 2: 3, 6: 4 } as const;

/** The same picture, 8 bits RGB or RGBA and not interlaced, with 256 colours at most. */
export function smallPng(png: Uint8Array): Uint8Array {
  const { width, height, pixels } = decode(png);
  const palette = paletteOf(pixels);
  const indexOf = nearestIn(palette);
  const rows = Buffer.alloc((width + 1) * height);
  for (const [at, pixel] of pixels.entries()) {
    // A row begins with how it is filtered: not at all.
    rows[at + Math.floor(at / width) + 1] = indexOf(pixel);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(palette.flatMap(channelsOf))),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function decode(png: Uint8Array): { width: number; height: number; pixels: Uint32Array } {
  const buffer = Buffer.from(png);
  const [width, height] = [buffer.readUInt32BE(16), buffer.readUInt32BE(20)];
  const channels = CHANNELS[buffer[25] as keyof typeof CHANNELS];
  const data: Buffer[] = [];
  for (let at = 8; at < buffer.length; at += buffer.readUInt32BE(at) + 12) {
    const isData = buffer.toString("latin1", at + 4, at + 8) === "IDAT";
    if (isData) data.push(buffer.subarray(at + 8, at + 8 + buffer.readUInt32BE(at)));
  }
  const bytes = unfiltered(inflateSync(Buffer.concat(data)), width * channels, channels);
  const pixels = new Uint32Array(width * height);
  for (let index = 0; index < pixels.length; index++) {
    pixels[index] = rgbAt(bytes, index * channels);
  }
  return { width, height, pixels };
}

function rgbAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! << 16 | bytes[at + 1]! << 8 | bytes[at + 2]!;
}

// Each row was written as its difference from what stands to the left of it and above it.
function unfiltered(raw: Uint8Array, rowLength: number, channels: number): Uint8Array {
  const rows = raw.length / (rowLength + 1);
  const bytes = new Uint8Array(rows * rowLength);
  for (let y = 0; y < rows; y++) {
    const filter = raw[y * (rowLength + 1)]!;
    for (let x = 0; x < rowLength; x++) {
      const at = y * rowLength + x;
      const left = x < channels ? 0 : bytes[at - channels]!;
      const up = y === 0 ? 0 : bytes[at - rowLength]!;
      const corner = x < channels || y === 0 ? 0 : bytes[at - rowLength - channels]!;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]!;
      bytes[at] = raw[y * (rowLength + 1) + 1 + x]! + guess;
    }
  }
  return bytes;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [left, up, corner].map((each) => Math.abs(guess - each)) as [
    number,
    number,
    number,
  ];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

function paletteOf(pixels: Uint32Array): number[] {
  const counts = new Map<number, number>();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one)
    .slice(0, COLOURS_MAX)
    .map(([colour]) => colour);
}

function nearestIn(palette: readonly number[]): (colour: number) => number {
  const known = new Map(palette.map((colour, index) => [colour, index]));
  return (colour) => {
    let index = known.get(colour);
    if (index === undefined) {
      const distances = palette.map((each) => distance(each, colour));
      index = distances.indexOf(Math.min(...distances));
      known.set(colour, index);
    }
    return index;
  };
}

function distance(one: number, other: number): number {
  const others = channelsOf(other);
  return channelsOf(one).reduce((sum, value, index) => sum + (value - others[index]!) ** 2, 0);
}

function channelsOf(colour: number): number[] {
  return [colour >> 16, colour >> 8 & 255, colour & 255];
}

function chunk(type: string, content: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const length = Buffer.alloc(4);
  const checksum = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
