import { Interruption } from "../../lib/cli/interruption.ts";
import { type Listing, printListing } from "../../lib/cli/listing.ts";
import type { ListingFormat } from "../../lib/cli/listing_format.ts";
import { main } from "../../lib/cli/main.ts";
import { Notes } from "../../lib/cli/notes.ts";
import { Output } from "../../lib/cli/output.ts";
import type { Session } from "../../lib/cli/session.ts";
import { assert, assertEquals, assertRejects } from "../_assert.ts";
import { cliTest } from "./_papyra.ts";
import { events, storeOf } from "./_stores.ts";
import { TerminationLog } from "../../lib/cli/termination_log.ts";
import { OtlpPush } from "../../lib/cli/otlp_push.ts";
import { Textfile } from "../../lib/cli/textfile.ts";
import { type FakeTerminal, fakeTerminal } from "./_terminal.ts";

const LISTING: Listing<number> = {
  head: { schema: "numbers", fields: {}, name: "numbers" },
  toJson: (number) => ({ number }),
  toText: (number) => `number ${number}`,
  columns: [{ title: "NUMBER", isNumber: true, mayBeCut: false, cell: String }],
  whenEmpty: "No numbers.",
};

function sessionOf(terminal: FakeTerminal): Session {
  const interruption = new Interruption(terminal);
  const { signal } = interruption;
  const output = new Output(terminal.stdout, "stop", signal);
  const notes = new Notes(new Output(terminal.stderr, "ignore", signal), false);
  const terminationLog = new TerminationLog(null);
  const answer = { isJson: false, isQuiet: false };
  return {
    output,
    notes,
    interruption,
    terminationLog,
    textfile: new Textfile(),
    otlp: new OtlpPush(),
    terminal,
    signal,
    ...answer,
  };
}

async function* failingAfter(count: number): AsyncGenerator<number> {
  for (let number = 1; number <= count; number++) yield number;
  await Promise.reject(new Error("no further"));
}

const SHOWN: readonly (readonly [format: ListingFormat, text: string])[] = [
  ["text", "number 1\nnumber 2\n"],
  ["ndjson", '{"number":1}\n{"number":2}\n'],
  ["table", "NUMBER\n     1\n     2\n"],
];

for (const [format, text] of SHOWN) {
  Deno.test(`what was read before a failure is shown as ${format}`, async () => {
    const terminal = fakeTerminal();
    const session = sessionOf(terminal);
    const printing = printListing(session, failingAfter(2), LISTING, format);
    await assertRejects(() => printing, Error, "no further");
    await session.output.flush();
    session.interruption.lift();
    assertEquals(terminal.stdout.text, text);
  });
}

cliTest("a table fits the terminal, unless COLUMNS says otherwise", async (directory) => {
  const path = await storeOf(directory, events(3));
  const widestLine = async (columns: number, env: Record<string, string>, isTTY = true) => {
    const terminal = fakeTerminal(env);
    Object.assign(terminal.stdout, { isTTY, columns });
    await main(["inspect", "events", "--path", path, "-o", "table"], terminal);
    return Math.max(...terminal.stdout.text.split("\n").map((line) => line.length));
  };
  const whole = await widestLine(40, {}, false);
  assert(whole > 60);
  assertEquals(await widestLine(40, {}), 40);
  assertEquals(await widestLine(200, {}), whole);
  assertEquals(await widestLine(0, {}), whole);
  assertEquals(await widestLine(40, { COLUMNS: "50" }), 50);
  assertEquals(await widestLine(40, { COLUMNS: "0" }), 40);
});
