/**
 * What servers and connections fail with, told apart and put into words.
 *
 * @module
 */

import { type ErrorCode, messageOf, PapyraError } from "../../../errors.ts";
import { osCode } from "../../../storage/os_error.ts";

/** A server's answer that says no: it did not do what it was asked to. */
export class ServerRefusal extends Error {
  /** Always `ServerRefusal`. */
  override readonly name = "ServerRefusal";
  /** The answer's first word, such as `WRONGTYPE`. */
  readonly word: string;

  /** @param text the server's answer */
  constructor(text: string) {
    super(text);
    this.word = /^[A-Z]+\b/.exec(text)?.[0] ?? "ERR";
  }
}

/** A connection failed, or there is nothing to connect to: what was on its way may have been done or not. */
export class ConnectionLost extends Error {
  /** Always `ConnectionLost`. */
  override readonly name = "ConnectionLost";
}

const EXPLANATIONS: { readonly [word: string]: string } = {
  NOPERM: "the user has no right to this command or key, see ACL SETUSER",
  WRONGTYPE: "the key holds something else than a stream",
  NOGROUP: "the stream has no consumer group of that name, see papyra redis groups",
  OOM: "the server's memory is used up (maxmemory with noeviction): give it more, or compact",
  READONLY: "the server is a replica that takes no writes: name the master",
  MISCONF: "the server cannot save to its disk and refuses writes: see its log",
  NOREPLICAS: "the server has fewer replicas than its configuration demands",
  LOADING: "the server is still loading its data",
  BUSY: "the server runs a script that blocks it",
  MASTERDOWN: "the server is a replica that lost its master",
  NOAUTH: "the server wants a password: put it into the URL or into PAPYRA_REDIS_PASSWORD",
  WRONGPASS: "the user or the password is wrong",
  CLUSTERDOWN: "the Cluster is down: see CLUSTER INFO",
  EXECABORT: "the server refused a part of the transaction, and did nothing of it",
};

const OS_EXPLANATIONS: { readonly [code: string]: string } = {
  ECONNREFUSED: "nothing listens there; start the server, or check host and port",
  ECONNRESET: "the connection was cut",
  EHOSTUNREACH: "there is no way to that host",
  ENETUNREACH: "there is no way to that network",
  ENOTFOUND: "no such host is known",
  EAI_AGAIN: "the name of the host cannot be looked up now",
  ETIMEDOUT: "it does not answer",
};

// A server that is coming up or is being taken over from takes commands again soon.
const PASSING = ["LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "ASK", "UNBLOCKED"];

const CODES: { readonly [word: string]: ErrorCode } = {
  WRONGTYPE: "NOT_A_STORE",
  NOGROUP: "NO_SUCH_GROUP",
};

/** Whether the command is for another server: the topology changed, and is to be looked up again. */
export function isRedirection(error: unknown): boolean {
  return error instanceof ServerRefusal && ["MOVED", "READONLY"].includes(error.word);
}

/** Whether the same command may well be taken a moment later. */
export function isPassing(error: unknown): boolean {
  return error instanceof ServerRefusal && PASSING.includes(error.word);
}

/** Whether the server runs no scripts, or none of this user's; then nothing of it was done. */
export function isScriptRefusal(error: ServerRefusal): boolean {
  return /\beval\b/i.test(error.message) && (error.word === "NOPERM" || error.word === "ERR");
}

/** What went wrong, in words. */
export function explainServerError(error: unknown): string {
  if (error instanceof ServerRefusal) {
    const explanation = EXPLANATIONS[error.word];
    return explanation === undefined ? error.message : `${explanation} (${error.word})`;
  }
  const code = osCode(error) ?? osCode((error as { cause?: unknown })?.cause);
  if (code !== null && OS_EXPLANATIONS[code] !== undefined) {
    return `${OS_EXPLANATIONS[code]} (${code})`;
  }
  return messageOf(error);
}

/** The error for a server that cannot be reached, or lets nobody in. */
export function unreachable(location: string, cause: unknown): PapyraError {
  if (cause instanceof PapyraError) return cause;
  const message = `Cannot reach ${location}: ${explainServerError(cause)}`;
  return new PapyraError("UNREACHABLE", message, { cause });
}

/** The error for a command that a server refused, or that got lost; others stay as they are. */
export function asServerError(error: unknown, action: string, location: string): unknown {
  if (error instanceof ConnectionLost) return unreachable(location, error);
  if (!(error instanceof ServerRefusal)) return error;
  const code = CODES[error.word] ?? "REFUSED";
  const message = `Cannot ${action} ${location}: ${explainServerError(error)}`;
  return new PapyraError(code, message, { cause: error });
}
