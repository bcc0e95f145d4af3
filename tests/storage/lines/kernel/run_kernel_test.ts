import {
  giveRunKernel,
  type RunKernel,
  takeRunKernel,
} from "../../../../lib/storage/lines/kernel/run_kernel.ts";
import { sealLine } from "../../../../lib/storage/lines/line_codec.ts";
import { readRuns } from "../../../../lib/storage/lines/line_scanner.ts";
import { RawLine } from "../../../../lib/storage/lines/raw_line.ts";
import { type PlainRun, PlainRunReader } from "../../../../lib/storage/lines/plain_run.ts";
import { assert, assertEquals } from "../../../_assert.ts";
import { Random } from "../../../_random.ts";
import { fileOf } from "../../line_reading.ts";
import { bytesOf, eventLine, textOf } from "../../lines.ts";
import { mixedLines } from "../mixed_lines.ts";

const NEWLINE = 0x0a;
const plain = new PlainRunReader();

/** A kernel, with that in its room. */
function kernelWith(content: Uint8Array): { kernel: RunKernel; held: Uint8Array } {
  const kernel = takeRunKernel();
  assert(kernel !== null);
  // What an earlier reading left behind what is held.
  kernel.room.fill(NEWLINE);
  kernel.room.set(content);
  return { kernel, held: kernel.room.subarray(0, content.length) };
}

function summed(run: PlainRun | null): Omit<PlainRun, "buffer"> | null {
  if (run === null) return null;
  const { buffer: _, ...sum } = run;
  return sum;
}

/** Whether only a decoder reads the time of a line exactly: such lines are not for the kernel. */
function hasDecodedTime(line: string): boolean {
  const [, time] = /"timestamp":([^,}]*)/.exec(line)!;
  const digits = time!.replace(".", "");
  return !/^[\d.]{1,17}$/.test(time!) || !Number.isSafeInteger(Number(digits));
}

/** Holds what the kernel says of each run against the plain reader; returns how many lines stood in runs. */
function compare(content: Uint8Array): number {
  const { kernel, held } = kernelWith(content);
  let lines = 0;
  for (let at = 0; at < held.length;) {
    const run = kernel.read(held, at, 1000 + at);
    const newline = held.indexOf(NEWLINE, at);
    const lineEnd = newline === -1 ? held.length : newline + 1;
    const end = run?.end ?? lineEnd;
    const expected = summed(plain.read(held.subarray(0, end), at, 1000 + at));
    if (run !== null || expected !== null && !hasDecodedTime(textOf(held.subarray(at, lineEnd)))) {
      assertEquals(summed(run), expected, textOf(held.subarray(at, lineEnd)));
    }
    lines += run?.lines ?? 0;
    at = end;
  }
  giveRunKernel(kernel);
  return lines;
}

Deno.test("the kernel says of runs what the plain reader says", () => {
  let lines = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const random = new Random(seed);
    const text = mixedLines(random, 1 + random.below(1500));
    lines += compare(bytesOf(text).subarray(0, 512 * 1024));
  }
  assert(lines > 10_000, `${lines} lines stood in runs`);
});

Deno.test("the kernel takes no line that the plain reader does not, whatever it says", () => {
  const kinds = ["event", "events", "audit", "audi", "dead_letter", "dead_lettex", "dead_le", ""];
  // deno-fmt-ignore
  const times = ["1", "1.", ".5", ".", "1.2.3", "-1", "1e5", "0", "00.1", "", "null", "1 ", "1700000000.1234567",
    "9007199254740991", "9007199254740992", "900719925474099.1", "90071992547409.93", "12345678901234567", "123456789012345678",
    "0.0000000000000001", "99999999999999999", "1700000000.000001"];
  // deno-fmt-ignore
  const seqs = [',"seq":1', ',"seq":0', ',"seq":01', ',"seq":9007199254740991', ',"seq":9007199254740992',
    ',"seq":12345678901234567', ',"seq":', "", ',"seq":-1', ',"seq": 1', ',"sea":1', "1", ',"seq":1.5', ',"seq":1e3'];
  let taken = 0;
  for (const kind of kinds) {
    for (const time of times) {
      for (const seq of seqs) {
        for (const rest of ["", ',"payload":{}']) {
          const open = `{"kind":"${kind}","timestamp":${time}${rest}${seq}`;
          taken += compare(bytesOf(`${sealLine(open)}\n`));
        }
      }
    }
  }
  assert(taken > 50, `${taken} lines were taken`);
});

Deno.test("the kernel reads lines of every length, up to where its room ends", () => {
  for (let length = 0; length < 300; length++) {
    const lines = [1, 2, 3].map((seq) => eventLine(seq, { text: "x".repeat(length + seq) }));
    assertEquals(compare(bytesOf(`${lines.join("\n")}\n`)), 3, `${length}`);
  }
  const room = 512 * 1024;
  const rest = room - bytesOf(eventLine(1, { text: "" })).length - 1;
  for (const missing of [0, 1, 15, 16, 17]) {
    const text = `${eventLine(1, { text: "x".repeat(rest - missing) })}\n`;
    assertEquals(compare(bytesOf(text)), 1);
  }
});

Deno.test("the kernel has room for the numbers of the shortest lines", () => {
  for (const first of [1, 10 ** 12 - 500, Number.MAX_SAFE_INTEGER - 1299]) {
    let text = "";
    for (let seq = first; seq < first + 1300; seq++) {
      text += `${sealLine(`{"kind":"event","timestamp":1,"seq":${seq}`)}\n`;
    }
    assertEquals(compare(bytesOf(text)), 1300, `from ${first}`);
  }
});

for (const [length, text] of [["short", "x"], ["long", "x".repeat(300)]] as const) {
  Deno.test(`the kernel takes no ${length} line with any bit flipped, and none that is cut short`, () => {
    const line = bytesOf(`${eventLine(7, { text })}\n`);
    const { kernel, held } = kernelWith(line);
    assertEquals(kernel.read(held, 0, 0)?.lines, 1);
    for (let bit = 0; bit < (line.length - 1) * 8; bit++) {
      held[bit >> 3]! ^= 1 << (bit & 7);
      assertEquals(kernel.read(held, 0, 0), null, `bit ${bit}`);
      held[bit >> 3]! ^= 1 << (bit & 7);
    }
    for (let end = 0; end < line.length; end++) {
      assertEquals(kernel.read(held.subarray(0, end), 0, 0), null, `cut at ${end}`);
    }
    giveRunKernel(kernel);
  });
}

Deno.test("kernels that are taken at once do not share their rooms", () => {
  const line = bytesOf(`${eventLine(1)}\n`);
  const [one, other] = [kernelWith(line), kernelWith(bytesOf("nothing\n"))];
  assertEquals(one.kernel.read(one.held, 0, 0)?.lines, 1);
  assertEquals(other.kernel.read(other.held, 0, 0), null);
  assertEquals(one.kernel.read(line, 0, 0), null, "what lies elsewhere is not for it");
  giveRunKernel(one.kernel);
  giveRunKernel(other.kernel);
  assertEquals(takeRunKernel(), other.kernel);
  assertEquals(takeRunKernel(), one.kernel);
});

Deno.test("where a system allows no WebAssembly, runs are read without a kernel", async () => {
  const bytes = bytesOf([1, 2, 3].map((seq) => `${eventLine(seq)}\n`).join(""));
  const taken: RunKernel[] = [];
  const { WebAssembly } = globalThis;
  Reflect.deleteProperty(globalThis, "WebAssembly");
  try {
    for (let kernel = takeRunKernel(); kernel !== null; kernel = takeRunKernel()) {
      taken.push(kernel);
    }
    for await (const batch of readRuns(await fileOf(bytes), { from: 0, to: bytes.length })) {
      assertEquals(batch.map((each) => each instanceof RawLine ? null : each.lines), [3]);
    }
  } finally {
    Object.assign(globalThis, { WebAssembly });
    taken.forEach(giveRunKernel);
  }
  const kernel = takeRunKernel();
  assert(kernel !== null, "once there is one again, it is taken");
  giveRunKernel(kernel);
});
