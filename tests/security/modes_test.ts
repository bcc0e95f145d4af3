import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { assertEquals } from "../_assert.ts";
import { inTempDirectory } from "../_temp.ts";
import { endOf, papyraCommand } from "../cli/command_line.ts";

const UMASKS = ["000", "022", "0277", "0777"];
const LIFE = `
  papyra() { "$@" --path "$STORE"; }
  umask "$UMASK"
  papyra "$@" record event --type One && papyra "$@" record event --type Two
  printf '%06000d' 7 >> "$STORE"
  papyra "$@" persistence recover
  echo junk >> "$STORE"
  papyra "$@" persistence recover --mode quarantine --quarantine-dir "$QUARANTINE"
  papyra "$@" persistence compact --max-records 1
  papyra "$@" metrics reset
`;

for (const umask of UMASKS) {
  Deno.test(`what is made under umask ${umask} is its owner's, and nobody else's`, () =>
    inTempDirectory(async (directory) => {
      const shop = join(directory, "made", "deep");
      const store = join(shop, "events.ndjson");
      const child = new Deno.Command("sh", {
        args: ["-c", LIFE, "sh", ...papyraCommand()],
        env: { STORE: store, QUARANTINE: join(directory, "quarantine"), UMASK: umask },
        cwd: directory,
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const { code, stderr } = await endOf(child);
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
      const modes = modesBelow(directory);
      assertEquals([...modes.values()].filter((mode) => mode !== "0600" && mode !== "0700"), []);
      const names = ["", ...NAMES].map((name) => join(shop, ".events.ndjson.papyra", name));
      for (const path of [...names, store]) assertEquals(modes.has(path), true, path);
      assertEquals([...modes.keys()].filter((path) => path.includes("quarantine")).length, 2);
    }));
}

const NAMES = ["state.json", "metrics.json", "receipts.ndjson", "maintenance.lock", "removed"];

/** The mode of everything below a directory; that of a directory has to let its owner in. */
function modesBelow(directory: string): Map<string, string> {
  const modes = new Map<string, string>();
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    const stat = lstatSync(path);
    const mode = `0${(stat.mode & 0o7777).toString(8)}`;
    modes.set(path, stat.isDirectory() === (mode === "0700") ? mode : `${mode} of ${path}`);
    if (stat.isDirectory()) { for (const [below, its] of modesBelow(path)) modes.set(below, its); }
  }
  return modes;
}
