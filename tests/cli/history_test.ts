import { assertEquals, assertMatch } from "../_assert.ts";
import { cliTest, papyraOk } from "./_papyra.ts";
import { damagedStore } from "./_stores.ts";

cliTest("history lists what maintenance changed, oldest first", async (directory) => {
  const path = await damagedStore(directory);
  await papyraOk(["persistence", "recover", "--path", path]);
  await papyraOk(["persistence", "compact", "--path", path, "--max-records", "2"]);
  const history = ["persistence", "history", "--path", path];
  const [first, second, ...rest] = (await papyraOk(history)).trimEnd().split("\n");
  assertMatch(first!, /^\[\d+\.\d{3}\] recover done id=\S+ details=\{/);
  assertMatch(second!, /^\[\d+\.\d{3}\] compact done id=\S+ details=\{/);
  assertEquals(rest, []);
  assertEquals((await papyraOk([...history, "--limit", "1"])).trimEnd(), second);
  assertEquals(await papyraOk([...history, "--until", "1d"]), "No maintenance recorded.\n");

  const document = JSON.parse(await papyraOk([...history, "--json"]));
  assertEquals([document.schema, document.store], ["papyra.history/v1", path]);
  assertEquals(
    document.receipts.map((receipt: { operation: string; outcome: string }) =>
      `${receipt.operation} ${receipt.outcome}`
    ),
    ["recover done", "compact done"],
  );
});
