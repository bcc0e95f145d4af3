/**
 * Completions for bash.
 *
 * @module
 */

import { type CompletionItem, completionNodes, formsOf } from "./completion_node.ts";

/** The script. */
export function bashScript(): string {
  return `# papyra completions for bash: source this file
_papyra() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local name="" word choices=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) break ;; esac
    name="\${name:+$name }$word"
  done
  case "$name/$previous" in
${valueCases().join("\n")}
  esac
  case "$name" in
${wordCases().join("\n")}
  esac
  COMPREPLY=($(compgen -W "$choices" -- "$current"))
}
complete -o filenames -F _papyra papyra
`;
}

function valueCases(): string[] {
  return completionNodes().flatMap(({ words, items }) =>
    items.filter(({ value }) => value !== "none")
      .map((item) => {
        const forms = formsOf(words, item).map((form) => `"${form}"`);
        return `    ${forms.join("|")}) ${completeValue(item)}; return ;;`;
      })
  );
}

function completeValue({ value }: CompletionItem): string {
  if (value === "file") return `COMPREPLY=($(compgen -f -- "$current"))`;
  if (value === "any" || value === "none") return "COMPREPLY=()";
  return `COMPREPLY=($(compgen -W "${value.join(" ")}" -- "$current"))`;
}

function wordCases(): string[] {
  return completionNodes().map(({ words, items }) =>
    `    "${words}") choices="${items.map(({ word }) => word).join(" ")}" ;;`
  );
}
