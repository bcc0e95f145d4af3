/**
 * Runs of plain lines, taken by a loop in WebAssembly: about twice as fast as `PlainRunReader`, which
 * is asked for whatever is unusual, and which the tests hold it against.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { RECORD_KINDS } from "../../../model/record.ts";
import { crc32 } from "../../late_modules.ts";
import type { KindRun, PlainRun } from "../plain_run.ts";
import { RUN_KERNEL_WASM } from "./run_kernel_wasm.ts";

/** What `run_kernel.as` exports. */
interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly SUMS: WebAssembly.Global;
  readonly NUMBERS: WebAssembly.Global;
  readonly ROOM: WebAssembly.Global;
  readonly ROOM_BYTES: WebAssembly.Global;
  takeRun(start: number, end: number): number;
}

// How many floats stand before those of the kinds, and for each of them.
const RUN_SUMS = 4;
const KIND_SUMS = 6;
const SPARE_MAX = 4;

const spare: RunKernel[] = [];
let module: WebAssembly.Module | null = null;

/** A kernel that nobody else uses until it is given back; null where the system has none to give. */
export function takeRunKernel(): RunKernel | null {
  return spare.pop() ?? newRunKernel();
}

/** Nobody uses the kernel, nor what lies in its room, any more. */
export function giveRunKernel(kernel: RunKernel): void {
  if (spare.length < SPARE_MAX) spare.push(kernel);
}

function newRunKernel(): RunKernel | null {
  try {
    module ??= new WebAssembly.Module(Buffer.from(RUN_KERNEL_WASM, "base64"));
    return new RunKernel(instanceOf(module));
  } catch {
    // No WebAssembly, a processor without what it asks for, or no room for its memory: reading takes longer,
    // and that is all.
    return null;
  }
}

function instanceOf(module: WebAssembly.Module): KernelExports {
  const outside = {
    crc32: (from: number, end: number): number => crc32(bytes.subarray(from, end)),
  };
  const { exports } = new WebAssembly.Instance(module, { outside });
  const kernel = exports as unknown as KernelExports;
  const bytes = new Uint8Array(kernel.memory.buffer);
  return kernel;
}

/** Takes runs of what lies in its room; one at a time, because they share its memory. */
export class RunKernel {
  /** Where what it reads has to lie. */
  readonly room: Uint8Array<ArrayBuffer>;
  readonly #takeRun: KernelExports["takeRun"];
  readonly #sums: Float64Array;
  readonly #numbers: Uint8Array;

  constructor({ memory: { buffer }, SUMS, NUMBERS, ROOM, ROOM_BYTES, takeRun }: KernelExports) {
    this.#takeRun = takeRun;
    this.room = new Uint8Array(buffer, ROOM.value, ROOM_BYTES.value);
    this.#sums = new Float64Array(buffer, SUMS.value, RUN_SUMS + KIND_SUMS * RECORD_KINDS.length);
    this.#numbers = new Uint8Array(buffer, NUMBERS.value, ROOM.value - NUMBERS.value);
  }

  /**
   * As {@linkcode PlainRunReader.read}, or less of it; null where that has to be asked: `held` lies elsewhere,
   * or the first line is unusual.
   */
  read(held: Uint8Array, start: number, offset: number): PlainRun | null {
    if (held.buffer !== this.room.buffer) return null;
    const at = held.byteOffset + start;
    const length = this.#takeRun(at, held.byteOffset + held.length) - at;
    if (length === 0) return null;
    const sums = this.#sums;
    return {
      buffer: held,
      start,
      end: start + length,
      offset,
      lines: sums[0]!,
      firstSeq: sums[1]!,
      lastSeq: sums[2]!,
      numbers: this.#numbers.slice(0, sums[3]),
      kinds: { event: this.#kind(0), audit: this.#kind(1), dead_letter: this.#kind(2) },
    };
  }

  #kind(index: number): KindRun | null {
    const sums = this.#sums;
    const at = RUN_SUMS + KIND_SUMS * index;
    if (sums[at] === 0) return null;
    return {
      records: sums[at]!,
      bytes: sums[at + 1]!,
      oldest: sums[at + 2]!,
      newest: sums[at + 3]!,
      firstSeq: sums[at + 4]!,
      lastSeq: sums[at + 5]!,
    };
  }
}
