import { assertEquals } from "../_assert.ts";
import { cliTest, papyra } from "./_papyra.ts";

/** Command lines that fail, with the exit code and the error's code. */
const FAILURES: readonly (readonly [args: string, code: number, error: string])[] = [
  ["", 64, "INVALID_ARGUMENT"],
  ["persistence scna", 64, "INVALID_ARGUMENT"],
  ["persistence scan --pth x", 64, "INVALID_ARGUMENT"],
  ["persistence scan --path a --store b", 64, "INVALID_ARGUMENT"],
  ["persistence scan --path a --require-store", 10, "NO_SUCH_STORE"],
  ["persistence scan --path .", 74, "NOT_A_STORE"],
  ["inspect events --path a -o table", 64, "INVALID_ARGUMENT"],
  ["record event --path a --type T --payload x", 65, "INVALID_INPUT"],
  ["persistence scan --path a --config b", 78, "INVALID_CONFIG"],
];

for (const [args, expected, error] of FAILURES) {
  cliTest(`papyra ${args} --json is one error document`, async (directory) => {
    const words = [...args.split(" ").filter((word) => word !== ""), "--json"];
    const { code, stdout, stderr } = await papyra(words, { cwd: directory });
    assertEquals({ code, stderr }, { code: expected, stderr: "" });
    assertEquals(stdout.trimEnd().split("\n").length, 1);
    const document = JSON.parse(stdout);
    assertEquals(Object.keys(document).slice(0, 4), ["schema", "code", "message", "exit_code"]);
    assertEquals(
      [document.schema, document.code, document.exit_code],
      ["papyra.error/v1", error, expected],
    );
  });
}
