import { join } from "node:path";
import { assert, assertEquals } from "../_assert.ts";
import { commandLines } from "../deploy/command_lines.ts";
import { cliTest, papyra } from "./_papyra.ts";
import { get, Serving } from "./_server.ts";
import { events, storeOf } from "./_stores.ts";

// Within what every policy there keeps.
const RECENTLY = Date.now() / 1000 - 3600;

/** The arguments, with places that a test may use. */
function placedIn(directory: string, args: readonly string[]): string[] {
  return args.map((word) =>
    word.replace(/(?:\/var\/lib\/orders|\/data)\//, `${directory}/`)
      .replace("/dev/termination-log", join(directory, "log"))
      .replace(/^(?:--listen=)?[\d.]+:9464$/, (listen) => listen.replace("9464", "0"))
  );
}

cliTest(
  "every maintenance command in docs/deploy ends with 0 on a sound store",
  async (directory) => {
    const path = await storeOf(directory, events(3, RECENTLY), "facts.ndjson");
    const lines = (await commandLines()).filter(({ args }) => args[0] !== "serve");
    assert(lines.length >= 7, `only ${lines.length} found`);
    for (const { file, args } of lines) {
      const env = { PAPYRA_STORE: `file:${path}` };
      const { code, stderr } = await papyra(placedIn(directory, args), { env });
      assertEquals({ file, code, stderr }, { file, code: 0, stderr: "" });
    }
  },
);

cliTest("papyra serve as docs/deploy has it answers its probes", async (directory) => {
  const path = await storeOf(directory, events(3, RECENTLY), "facts.ndjson");
  const lines = (await commandLines()).filter(({ args }) => args[0] === "serve");
  assertEquals(lines.length, 2);
  for (const { args } of lines) {
    const env = { PAPYRA_STORE: `file:${path}`, PAPYRA_TOKEN: "correct-horse-battery-staple" };
    const [, ...options] = placedIn(directory, args);
    await using server = new Serving(options, { env });
    const url = (await server.url()).replace("0.0.0.0", "127.0.0.1");
    await server.untilTold(/Persistence is healthy/);
    assertEquals((await get(`${url}/livez`)).status, 200);
    assertEquals((await get(`${url}/readyz`)).status, 200);
  }
});
