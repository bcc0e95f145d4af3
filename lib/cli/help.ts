/**
 * Help, made from the command table.
 *
 * @module
 */

import type { Request } from "./arguments.ts";
import type { Command, CommandGroup } from "./command.ts";
import { COMMAND_GROUPS, COMMANDS, commandsOf } from "./command_table.ts";
import { flagName, type OptionSpec, type OptionSpecs } from "./option.ts";
import { COMMON_OPTIONS, PROGRAM_OPTIONS } from "./options/common_options.ts";
import { COMMON_EXITS, type Exits } from "./exits.ts";
import { jsonDocument } from "../model/json_document.ts";
import type { Session } from "./session.ts";

type Row = readonly [name: string, text: string];

/** Prints the help that a command line asks for. */
export async function printHelp(request: Request, { output, isJson }: Session): Promise<void> {
  const { command, group } = request;
  if (isJson) return output.raw(jsonDocument("help", helpFields(command, group)));
  const text = command ? commandHelp(command) : overviewHelp(group);
  for (const line of text.split("\n")) await output.line(line);
}

/** How a command is written. */
export function usageOf({ name, argument, options }: Command): string {
  const required = Object.entries(options)
    .filter(([, { isRequired }]) => isRequired)
    .map(([option, { placeholder }]) => `${flagName(option)} ${placeholder}`);
  const words = [name, ...(argument ? [argument.placeholder] : []), ...required, "[options]"];
  return `papyra ${words.join(" ")}`;
}

/** What an option does, with its choices, its letter and what holds without it. */
export function optionText({ summary, choices, short, otherwise }: OptionSpec): string {
  const of = choices.length === 0 ? "" : `: ${choices.join(", ")}`;
  const letter = short === null ? "" : `; also -${short}`;
  return `${summary}${of}${letter}${otherwise === "" ? "" : ` (default: ${otherwise})`}`;
}

/** An option as it is written. */
export function optionUsage(name: string, { placeholder }: OptionSpec): string {
  return placeholder === null ? flagName(name) : `${flagName(name)} ${placeholder}`;
}

/** Exit codes in order, with their meanings. */
export function exitRows(exits: Exits): readonly Row[] {
  return Object.entries(exits).sort(([one], [other]) => Number(one) - Number(other));
}

function commandHelp(command: Command): string {
  return [
    command.summary,
    "",
    `Usage: ${usageOf(command)}`,
    ...(command.argument ? ["", `${command.argument.placeholder}: ${choicesOf(command)}`] : []),
    ...section("Options", optionRows({ ...command.options, ...COMMON_OPTIONS })),
    ...section("Exit codes", exitRows(command.exits)),
    "",
    "Examples:",
    ...command.examples.map((example) => `  ${example}`),
  ].join("\n");
}

function choicesOf({ argument }: Command): string {
  return argument?.choices.join(", ") ?? "";
}

function overviewHelp(group: CommandGroup | null): string {
  const members = group ? commandsOf(group) : COMMANDS;
  return [
    group?.summary ?? "Durable records of actor systems: append-only stores, and tools to run them",
    "",
    `Usage: papyra ${group ? `${group.name} ` : ""}COMMAND [options]`,
    ...section("Commands", members.map(({ name, summary }): Row => [name, summary])),
    ...section("Options", optionRows(PROGRAM_OPTIONS)),
    ...section("Exit codes", exitRows(COMMON_EXITS)),
    "",
    `Run papyra ${group?.name ?? COMMAND_GROUPS[0]!.name} ${
      commandsOf(group ?? COMMAND_GROUPS[0]!)[0]!.name.split(" ")[1]
    } --help for the options and exit codes of a command`,
  ].join("\n");
}

function section(title: string, rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return ["", `${title}:`, ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`)];
}

function optionRows(specs: OptionSpecs): readonly Row[] {
  return Object.entries(specs).map(([name, spec]) => [optionUsage(name, spec), optionText(spec)]);
}

function helpFields(command: Command | null, group: CommandGroup | null): object {
  if (command === null) {
    const members = group ? commandsOf(group) : COMMANDS;
    return { commands: members.map(({ name, summary }) => ({ name, summary })) };
  }
  const options = Object.entries({ ...command.options, ...COMMON_OPTIONS });
  return {
    command: command.name,
    summary: command.summary,
    usage: usageOf(command),
    options: options.map(([name, spec]) => ({
      name: flagName(name),
      short: spec.short && `-${spec.short}`,
      placeholder: spec.placeholder,
      summary: spec.summary,
      choices: spec.choices,
      default: spec.otherwise || null,
      required: spec.isRequired,
      repeatable: spec.isRepeatable,
    })),
    exitCodes: exitRows(command.exits).map(([code, meaning]) => ({ code: Number(code), meaning })),
    examples: command.examples,
  };
}
