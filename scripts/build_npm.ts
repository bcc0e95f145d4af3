/**
 * Makes `dist/npm`, the package for Bun and Node: the library's files as JavaScript with their types.
 *
 * Files stay apart as they are in the source. The two entry points share them, so an error's class
 * is the same whichever of them it came through.
 *
 * ```sh
 * deno run -A scripts/build_npm.ts
 * ```
 *
 * @module
 */

import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { DIST, NPM_PACKAGE, ROOT } from "./_paths.ts";
import { say } from "./_say.ts";

const ENTRY_POINTS = ["mod.ts", "lib/testing/conformance.ts"];
const PAGES = ["README.md", "CHANGELOG.md", "LICENSE"];

// What the library itself imports; the rest is the command line's and the tools'.
const DEPENDENCIES = ["@opentelemetry/api", "@redis/client"];

const COMPILER_OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.esnext.d.ts", "lib.dom.d.ts"],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  rewriteRelativeImportExtensions: true,
  declaration: true,
  // Deno has checked them, and it knows the types of node: modules, which are not at hand here.
  noCheck: true,
  types: [],
};

/** Makes the package. */
export async function buildNpm(): Promise<void> {
  const draft = join(DIST, "npm.new");
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  emit(draft);
  await nameTypeImports(draft);
  for (const page of PAGES) await copyFile(join(ROOT, page), join(draft, page));
  await writeFile(join(draft, "package.json"), `${JSON.stringify(await manifest(), null, 2)}\n`);
  await rm(NPM_PACKAGE, { recursive: true, force: true });
  await rename(draft, NPM_PACKAGE);
  say("Made dist/npm");
}

function emit(outDir: string): void {
  const files = ENTRY_POINTS.map((file) => join(ROOT, file));
  const program = ts.createProgram(files, { ...COMPILER_OPTIONS, outDir, rootDir: ROOT });
  const { diagnostics, emitSkipped } = program.emit();
  if (emitSkipped || diagnostics.length > 0) {
    const texts = diagnostics.map(({ messageText }) =>
      ts.flattenDiagnosticMessageText(messageText, "\n")
    );
    throw new Error(`Cannot emit the package: ${texts.join("\n")}`);
  }
}

// The compiler gives imports their new names in code only.
async function nameTypeImports(directory: string): Promise<void> {
  for (const name of await readdir(directory, { recursive: true })) {
    if (!name.endsWith(".d.ts")) continue;
    const path = join(directory, name);
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace(/((?:\bfrom |\bimport\()"\.[^"]*)\.ts"/g, '$1.js"'));
  }
}

async function manifest(): Promise<Record<string, unknown>> {
  const { name, version, license, imports } = JSON.parse(
    await readFile(join(ROOT, "deno.json"), "utf8"),
  );
  return {
    name,
    version,
    description: "Append-only stores for the facts that actor systems, tasks and workers produce",
    license,
    type: "module",
    sideEffects: false,
    exports: {
      ".": { types: "./mod.d.ts", default: "./mod.js" },
      "./testing": {
        types: "./lib/testing/conformance.d.ts",
        default: "./lib/testing/conformance.js",
      },
    },
    dependencies: Object.fromEntries(DEPENDENCIES.map((each) => [each, versionOf(imports[each])])),
    // process.getBuiltinModule, which finds what differs between runtimes, came with these.
    engines: { node: ">=20.16", bun: ">=1.2" },
  };
}

// `npm:@scope/name@version`
function versionOf(specifier: string): string {
  return specifier.slice(specifier.lastIndexOf("@") + 1);
}

if (import.meta.main) await buildNpm();
