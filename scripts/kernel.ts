/**
 * Compiles the loop that takes runs of lines (`lib/storage/lines/kernel/run_kernel.as`) into
 * WebAssembly, as a module that every runtime and bundler can load.
 *
 * ```sh
 * deno task kernel
 * ```
 *
 * @module
 */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createMemoryStream, main } from "assemblyscript/asc";
import { ROOT } from "./_paths.ts";

const KERNEL = join(ROOT, "lib", "storage", "lines", "kernel");
const SOURCE = join(KERNEL, "run_kernel.as");
/** Where the module is. */
export const KERNEL_MODULE: string = join(KERNEL, "run_kernel_wasm.ts");

// The compiler takes no other name; the source has one that no other tool takes for TypeScript.
const ENTRY = "run_kernel.ts";
// As far as the room in the source goes, and one more: reading in words goes some bytes too far.
const PAGES = 10;
const LINE_CHARACTERS = 90;

const FORM = [
  "-O3",
  "--converge",
  "--noAssert",
  // It allocates nothing, and takes nothing from it.
  ...["--runtime", "minimal"],
  ...["--enable", "simd"],
  ...["--initialMemory", `${PAGES}`],
  ...["--maximumMemory", `${PAGES}`],
];

/** The module as it has to be. */
export async function kernelModule(): Promise<string> {
  const base64 = (await compiled(await readFile(SOURCE, "utf8"))).toString("base64");
  const lines = base64.match(new RegExp(`.{1,${LINE_CHARACTERS}}`, "g"))!;
  return `/**
 * Made of \`run_kernel.as\` by \`deno task kernel\`: never changed by hand.
 *
 * @module
 */

/** The WebAssembly module, in base64. */
export const RUN_KERNEL_WASM: string = [
${lines.map((line) => `  "${line}",`).join("\n")}
].join("");
`;
}

async function compiled(source: string): Promise<Buffer> {
  const outputs = new Map<string, string | Uint8Array>();
  const stderr = createMemoryStream();
  const { error } = await main([ENTRY, ...FORM, "--outFile", "kernel.wasm"], {
    stderr,
    readFile: (name: string) => name === ENTRY ? source : null,
    writeFile: (name: string, contents: string | Uint8Array) => void outputs.set(name, contents),
    listFiles: () => [],
  });
  if (error !== null) throw new Error(`Cannot compile ${SOURCE}: ${error.message}\n${stderr}`);
  return Buffer.from(outputs.get("kernel.wasm")!);
}

if (import.meta.main) await writeFile(KERNEL_MODULE, await kernelModule());
