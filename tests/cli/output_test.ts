import { Output } from "../../lib/cli/output.ts";
import { assertEquals } from "../_assert.ts";

Deno.test("whoever flushes waits for what is already on its way", async () => {
  const taken: string[] = [];
  const stream = {
    write: (text: string, done: () => void) =>
      setTimeout(() => {
        taken.push(text);
        done();
      }, 5),
  };
  const output = new Output(stream, "stop", new AbortController().signal);
  await output.line("first");
  void output.flush();
  await output.flush();
  assertEquals(taken, ["first\n"]);
});
