import { assertEquals, assertMatch } from "../_assert.ts";
import { papyra } from "./_papyra.ts";

/** Command lines that cannot be used, and what is said of them. */
const MISTAKES: readonly (readonly [args: string, message: RegExp])[] = [
  ["", /^papyra: Missing command: use papyra doctor\|persistence\|/],
  ["persistence", /^papyra: Missing command: use papyra persistence scan\|recover\|/],
  ["persistense scan", /Unknown command "persistense"\. Did you mean "persistence"\?/],
  ["persistence scna", /Unknown command "persistence scna"\. Did you mean "persistence scan"\?/],
  ["scan", /Unknown command "scan"\. Did you mean "persistence scan"\?/],
  ["xyzzy", /Unknown command "xyzzy": see papyra --help/],
  ["persistence scan --pth x", /Unknown option "--pth"\. Did you mean "--path"\?/],
  ["persistence scan --pth=x", /Unknown option "--pth"\. Did you mean "--path"\?/],
  ["persistence scan -x", /Unknown option "-x"/],
  [
    "persistence scan --qqqqqqqq",
    /Unknown option "--qqqqqqqq": see papyra persistence scan --help/,
  ],
  ["persistence scan --dry-run --path x", /Option "--dry-run" does not go with "papyra pers/],
  ["persistence scan --path", /Option "--path" needs a value/],
  ["persistence scan --path --json=yes", /Option "--json" takes no value/],
  ["persistence scan --path a --path b", /Option "--path" was given twice/],
  ["persistence scan extra --path a", /Unexpected argument "extra"/],
  ["persistence scan --path a --store file:b", /Cannot use --path together with --store/],
  ["persistence scan", /No store is named: give --path PATH or --store URL/],
  ["persistence scan --store ftp://x", /Unknown store "ftp:…": use file:, memory:/],
  ["persistence scan --path a --timeout soon", /Cannot read duration "soon".*option --timeout/],
  ["doctor run --path a --mode maybe", /Unknown mode "maybe": use one of ignore, scan_only/],
  ["doctor run --path a --recovery-mode repair", /Cannot use --recovery-mode .* --mode fail_on/],
  ["persistence recover --path a --mode maybe", /Unknown recovery mode "maybe"/],
  ["persistence recover --path a --mode quarantine", /quarantine needs a directory/],
  ["persistence recover --path a --quarantine-dir d", /goes with mode quarantine, not with repair/],
  ["persistence compact --path a --max-age soon", /Cannot read duration "soon"/],
  ["persistence compact --path a --max-bytes 5XB", /Cannot read size "5XB"/],
  ["persistence compact --path a --max-records -1", /Option "--max-records" needs a value/],
  ["persistence compact --path a --max-records=-1", /Cannot read "-1": write a whole number/],
  ["persistence compact --path a --kind event", /Cannot use --kind alone/],
  ["persistence compact --path a --max-records 1 --kind events", /Unknown kind "events"/],
  ["inspect events --path a --limit many", /Cannot read "many": write a whole number/],
  ["inspect events --path a --since yesterday", /Cannot read time "yesterday"/],
  ["inspect events --path a --since 1h --until 2h", /--until lies before --since/],
  ["inspect events --path a --after-seq -1", /Option "--after-seq" needs a value/],
  ["inspect events --path a --after-seq 1.5", /Cannot read "1.5": write a whole number.*--after-/],
  ["inspect events --path a --after-seq 3 --after-seq 4", /"--after-seq" was given twice/],
  ["inspect events --path a --typ T", /Unknown option "--typ"\. Did you mean "--type"\?/],
  ["inspect events --path a --type", /Option "--type" needs a value/],
  ["inspect events --path a --target x", /Option "--target" does not go with "papyra inspect ev/],
  ["inspect audits --path a --type T", /Option "--type" does not go with "papyra inspect audits/],
  ["inspect dead-letters --path a --actor x", /Option "--actor" does not go with/],
  [
    'inspect events --path a --actor {"system":1}',
    /Cannot read address "{"system":1}": write local/,
  ],
  ["inspect dead-letters --path a --target {x}", /Cannot read address "{x}".*option --target/],
  ["inspect events --path a -o yaml", /Unknown output format "yaml": use one of text, json, ndj/],
  ["inspect events --path a -o", /Option "--output" needs a value/],
  ["inspect events --path a -o=", /Option "--output" needs a value/],
  ["inspect events --path a -otext -o table", /Option "--output" was given twice/],
  ["inspect events --path a --ouput text", /Unknown option "--ouput"\. Did you mean "--output"\?/],
  ["inspect summary --path a -o table", /Option "--output" does not go with "papyra inspect summ/],
  [
    "inspect record --path a",
    /Unknown command "inspect record"\. Did you mean "inspect records"\?/,
  ],
  ["inspect records --path a --kind events", /Unknown kind "events": use one of event, audit, de/],
  ["inspect records --path a --kind audit --type T", /No kind of record has all that is asked for/],
  [
    "inspect records --path a --actor a --target b",
    /--actor with event, --target with dead_letter/,
  ],
  ["record event --path a", /Option "--type" is missing: give --type TYPE/],
  ["record event --path a --type T --timestamp 1e999", /Cannot read time "1e999"/],
  ["record event --path a --type T --timestamp NaN", /Cannot read time "NaN"/],
  ["record event --path a --type T --durability now", /Unknown durability "now"/],
  ["completions", /Missing SHELL: use one of bash, zsh, fish/],
  ["completions bsh", /Unknown SHELL "bsh"\. Did you mean "bash"\?/],
];

for (const [args, message] of MISTAKES) {
  Deno.test(`papyra ${args} is a usage error`, async () => {
    const { code, stdout, stderr } = await papyra(args.split(" ").filter((word) => word !== ""));
    assertEquals({ code, stdout }, { code: 64, stdout: "" });
    assertMatch(stderr, message);
    assertEquals(stderr.trimEnd().split("\n").length, 1);
  });
}

Deno.test("a password in an unusable store URL is not printed", async () => {
  const url = "redis://user:secret@host:port/0";
  for (const args of [["--store", url], ["--path", "a", url], [`--stor=${url}`]]) {
    const { code, stdout, stderr } = await papyra(["persistence", "scan", ...args]);
    assertEquals(code, 64);
    assertEquals((stdout + stderr).includes("secret"), false);
  }
});
