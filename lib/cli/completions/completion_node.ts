/**
 * The command table as completions need it: what may follow which words.
 *
 * @module
 */

import { COMMAND_GROUPS, COMMANDS, commandsOf } from "../command_table.ts";
import { flagName, type OptionSpec, type OptionSpecs } from "../option.ts";
import { COMMON_OPTIONS, PROGRAM_OPTIONS } from "../options/common_options.ts";

/** A word that may follow. */
export interface CompletionItem {
  /** The word itself. */
  readonly word: string;
  /** Another form of it: `-o`; null where it has none. */
  readonly short: string | null;
  /** What it means. */
  readonly summary: string;
  /** What its value can be: nothing, a file, one of several words, or anything. */
  readonly value: "none" | "file" | "any" | readonly string[];
}

/** What may follow some words. */
export interface CompletionNode {
  /** The words so far, without options: `persistence scan`. */
  readonly words: string;
  /** What may follow. */
  readonly items: readonly CompletionItem[];
}

const FILE_PLACEHOLDERS = ["PATH", "FILE", "DIR"];

/** Every place of the command table. */
export function completionNodes(): readonly CompletionNode[] {
  return [
    { words: "", items: [...firstWords(), ...optionItems(PROGRAM_OPTIONS)] },
    ...COMMAND_GROUPS.map((group) => ({
      words: group.name,
      items: [
        ...commandsOf(group).map(({ name, summary }) => word(name.split(" ")[1]!, summary)),
        ...optionItems(COMMON_OPTIONS),
      ],
    })),
    ...COMMANDS.map(({ name, options, argument }) => ({
      words: name,
      items: [
        ...(argument?.choices ?? []).map((choice) => word(choice, choice)),
        ...optionItems({ ...options, ...COMMON_OPTIONS }),
      ],
    })),
  ];
}

function firstWords(): readonly CompletionItem[] {
  return [...COMMAND_GROUPS, ...commandsOf(null)].map(({ name, summary }) => word(name, summary));
}

function optionItems(specs: OptionSpecs): readonly CompletionItem[] {
  return Object.entries(specs).map(([name, spec]) => ({
    word: flagName(name),
    short: spec.short && `-${spec.short}`,
    summary: spec.summary,
    value: valueOf(spec),
  }));
}

function valueOf({ placeholder, choices }: OptionSpec): CompletionItem["value"] {
  if (placeholder === null) return "none";
  if (choices.length > 0) return choices;
  return FILE_PLACEHOLDERS.includes(placeholder) ? "file" : "any";
}

function word(name: string, summary: string): CompletionItem {
  return { word: name, short: null, summary, value: "none" };
}

/** What may stand before the value of an option: its words behind those of its place. */
export function formsOf(words: string, { word, short }: CompletionItem): readonly string[] {
  return [word, short].filter((form) => form !== null).map((form) => `${words}/${form}`);
}

/** A word that a shell takes as it stands. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
