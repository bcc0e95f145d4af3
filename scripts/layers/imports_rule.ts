/**
 * Imports go one way: down.
 *
 * @module
 */

import { posix } from "node:path";
import { type Finding, type Import, importsOf, isLibrary, type SourceFile } from "./source_file.ts";

/** What each part may import, beside files of its own. */
const MAY_IMPORT: { readonly [part: string]: readonly string[] } = {
  "lib/errors.ts": [],
  "lib/model": ["lib/errors.ts"],
  "lib/storage": ["lib/errors.ts", "lib/model"],
  "lib/metrics": ["lib/errors.ts", "lib/model"],
  "lib/telemetry": ["lib/errors.ts", "lib/model", "lib/metrics"],
  "lib/volume": ["lib/errors.ts", "lib/model", "lib/storage"],
  "lib/backend": ["lib/errors.ts", "lib/model", "lib/metrics", "lib/telemetry"],
  "lib/backends": ["lib/errors.ts", "lib/model", "lib/storage", "lib/metrics", "lib/backend"],
  "lib/operations": [
    "lib/errors.ts",
    "lib/model",
    "lib/metrics",
    "lib/telemetry",
    "lib/backend",
    "lib/backends/registry.ts",
  ],
  "lib/http": [
    "lib/errors.ts",
    "lib/model",
    "lib/metrics",
    "lib/backend",
    "lib/operations",
    "lib/report",
  ],
  "lib/report": ["lib/errors.ts", "lib/model", "lib/metrics", "lib/backend"],
  "lib/testing": ["lib/errors.ts", "lib/model", "lib/metrics", "lib/backend"],
  "lib/cli": ["lib"],
  "mod.ts": ["lib"],
  "cli.ts": ["lib/cli", "lib/errors.ts"],
};

const REGISTRY = "lib/backends/registry.ts";
const CONCRETE_BACKEND = /^lib\/backends\/([^/]+)\//;
const MAIN = "mod.ts";
const RE_EXPORT = /^export (?:type )?(?:\*(?: as \w+)?|\{[^}]*\}) from "[^"]+";$/gm;

/** Every import that goes up or sideways, and a main module that does more than re-export. */
export function* importsRule(file: SourceFile): Generator<Finding> {
  for (const found of importsOf(file)) {
    const message = layerFault(file, found) ?? privacyFault(file, found) ??
      concreteFault(file, found);
    if (message !== null) yield { path: file.path, line: found.line, message };
  }
  if (file.path === MAIN && !onlyReExports(file)) {
    yield { path: file.path, line: 1, message: "holds more than re-exports" };
  }
}

function layerFault(file: SourceFile, { target, specifier }: Import): string | null {
  if (target === null) return null;
  const part = partOf(file.path);
  const allowed = MAY_IMPORT[part];
  if (allowed === undefined) {
    return isLibrary(file) ? `lies in ${part}, which is no known layer` : null;
  }
  if ([part, ...allowed].some((place) => lies(target, place))) return null;
  return `imports ${specifier}: ${part} may import only ${allowed.join(", ") || "nothing"}`;
}

// A private file serves its own folder and what lies below; the tests of that folder may look too.
function privacyFault(file: SourceFile, { target, specifier }: Import): string | null {
  if (target === null || !posix.basename(target).startsWith("_")) return null;
  const home = posix.dirname(target);
  const testsOfHome = home.replace(/^(?:lib|scripts)\b/, "tests");
  if (lies(file.path, home) || lies(file.path, testsOfHome)) return null;
  return `imports ${specifier}, which is private to ${home}`;
}

function concreteFault(file: SourceFile, { target, specifier }: Import): string | null {
  const backend = CONCRETE_BACKEND.exec(target ?? "")?.[0];
  if (backend === undefined || file.path.startsWith("tests/") || file.path.startsWith(backend)) {
    return null;
  }
  if (file.path === REGISTRY || file.path === "mod.ts") {
    return null;
  }
  return `imports ${specifier}: only ${REGISTRY} and mod.ts name a backend`;
}

function partOf(path: string): string {
  const [top, folder] = path.split("/");
  return top === "lib" ? `lib/${folder}` : top!;
}

function lies(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

function onlyReExports(file: SourceFile): boolean {
  const code = file.text.replace(/\/\*\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  return code.replace(RE_EXPORT, "").trim() === "";
}
