/**
 * Completions for fish.
 *
 * @module
 */

import {
  type CompletionItem,
  type CompletionNode,
  completionNodes,
  shellQuoted,
} from "./completion_node.ts";

/** The script. */
export function fishScript(): string {
  return `# papyra completions for fish: source this file
function __papyra_at
  set -l name
  for word in (commandline -opc)[2..]
    string match -q -- '-*' $word; and break
    set -a name $word
  end
  test "$name" = "$argv"
end
complete -c papyra -f
${completionNodes().flatMap(nodeLines).join("\n")}
`;
}

function nodeLines({ words, items }: CompletionNode): string[] {
  const condition = shellQuoted(words === "" ? "__papyra_at" : `__papyra_at ${words}`);
  return items.map((item) =>
    `complete -c papyra -n ${condition} ${itemText(item)} -d ${shellQuoted(item.summary)}`
  );
}

function itemText({ word, short, value }: CompletionItem): string {
  if (!word.startsWith("--")) return `-a ${word}`;
  const option = `${short === null ? "" : `-s ${short.slice(1)} `}-l ${word.slice(2)}`;
  if (value === "none") return option;
  if (value === "file") return `${option} -r -F`;
  return value === "any" ? `${option} -x` : `${option} -x -a ${shellQuoted(value.join(" "))}`;
}
