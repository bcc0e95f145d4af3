/**
 * Completions for zsh.
 *
 * @module
 */

import { type CompletionItem, completionNodes, formsOf, shellQuoted } from "./completion_node.ts";

/** The script. */
export function zshScript(): string {
  return `#compdef papyra
# papyra completions for zsh: source this file, or put it into $fpath as _papyra
_papyra() {
  local name="" word
  local -a choices
  for word in \${words[2,CURRENT-1]}; do
    [[ $word == -* ]] && break
    name="\${name:+$name }$word"
  done
  case "$name/\${words[CURRENT-1]}" in
${valueCases().join("\n")}
  esac
  case "$name" in
${wordCases().join("\n")}
  esac
  _describe -o papyra choices
}
compdef _papyra papyra
`;
}

function valueCases(): string[] {
  return completionNodes().flatMap(({ words, items }) =>
    items.filter(({ value }) => value !== "none")
      .map((item) => {
        const forms = formsOf(words, item).map(shellQuoted);
        return `    ${forms.join("|")}) ${completeValue(item)}; return ;;`;
      })
  );
}

function completeValue({ value, summary }: CompletionItem): string {
  if (value === "file") return "_files";
  if (value === "any" || value === "none") return `_message ${shellQuoted(summary)}`;
  return `compadd -- ${value.join(" ")}`;
}

function wordCases(): string[] {
  return completionNodes().map(({ words, items }) => {
    const choices = items.map(({ word, summary }) => shellQuoted(`${word}:${summary}`)).join(" ");
    return `    ${shellQuoted(words)}) choices=(${choices}) ;;`;
  });
}
