import { join } from "node:path";
import ts from "typescript";
import { assertEquals } from "../_assert.ts";
import { NPM_PACKAGE } from "../../scripts/_paths.ts";
import { buildNpm } from "../../scripts/build_npm.ts";

await buildNpm();

/** A program for Node: what works there, and what is refused. */
const PROGRAM = `
const { openStore } = await import(process.env.PACKAGE + "/mod.js");
const { conformanceCases } = await import(process.env.PACKAGE + "/lib/testing/conformance.js");
const memory = await openStore("memory:");
await memory.recordEvent({ eventType: "A" });
const events = await memory.listEvents();
await memory.close();
const file = await openStore("file:facts.ndjson");
const before = await file.listEvents();
const code = await file.recordEvent({ eventType: "B" }).catch((error) => error.code);
await file.close();
console.log(JSON.stringify([events.length, before.length, code, typeof conformanceCases]));
`;

function hasNode(): boolean {
  try {
    return new Deno.Command("node", { args: ["--version"] }).outputSync().success;
  } catch {
    return false;
  }
}

async function runUnderNode(directory: string): Promise<unknown> {
  const { stdout, stderr } = await new Deno.Command("node", {
    args: ["--input-type=module", "--eval", PROGRAM],
    cwd: directory,
    env: { PACKAGE: NPM_PACKAGE },
  }).output();
  const decoder = new TextDecoder();
  const text = decoder.decode(stdout);
  return text === "" ? decoder.decode(stderr) : JSON.parse(text);
}

Deno.test({
  name: "the package serves Node: memory and reading work, writing a file is refused",
  // Papyra itself needs no Node; where there is none, there is nobody to serve.
  ignore: !hasNode(),
  fn: async () => {
    const directory = await Deno.makeTempDir();
    try {
      const line = '{"kind":"event","timestamp":1,"event_type":"Old"}\n';
      await Deno.writeTextFile(join(directory, "facts.ndjson"), line);
      assertEquals(await runUnderNode(directory), [1, 1, "LOCK_UNSUPPORTED", "function"]);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

Deno.test("the package's types stand by themselves", () => {
  const files = ["mod.d.ts", "lib/testing/conformance.d.ts"].map((name) => join(NPM_PACKAGE, name));
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.esnext.d.ts", "lib.dom.d.ts"],
    module: ts.ModuleKind.NodeNext,
    strict: true,
    noEmit: true,
    types: [],
  });
  const faults = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) =>
    `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`
  );
  assertEquals(faults, []);
});

Deno.test("the package has the version of the project", async () => {
  const [project, built] = await Promise.all(
    [join(NPM_PACKAGE, "../../deno.json"), join(NPM_PACKAGE, "package.json")].map(async (path) =>
      JSON.parse(await Deno.readTextFile(path))
    ),
  );
  assertEquals([built.name, built.version], [project.name, project.version]);
});
