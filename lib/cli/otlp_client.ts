/**
 * Sending to a collector of OpenTelemetry's: OTLP over HTTP.
 *
 * @module
 */

import { usageError } from "./usage_error.ts";

/** Where a collector is, and how to be let in. */
export interface CollectorAddress {
  /** Its base URL, without a slash at the end and without a password. */
  readonly base: string;
  /** What may be told of it: no path, which can hold a key as well. */
  readonly shown: string;
  /** The headers of every request. */
  readonly headers: { readonly [name: string]: string };
}

const ANSWER_BYTES_MAX = 64 * 1024;

/** Reads the URL of a collector. Throws INVALID_ARGUMENT, without a word of what it says. */
export function asCollectorUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && ["http:", "https:"].includes(url.protocol)) return url;
  throw usageError(
    "Cannot use the URL of the collector: write it as http://HOST:4318 or https://HOST:4318",
  );
}

/** The address of a collector; `headers` is as OTEL_EXPORTER_OTLP_HEADERS has them. */
export function collectorAddress(url: URL, headers: string | undefined): CollectorAddress {
  const { username, password, origin, pathname } = url;
  const user = [username, password].map(decoded).join(":");
  const basic = btoa(String.fromCharCode(...new TextEncoder().encode(user)));
  return {
    base: `${origin}${pathname.replace(/\/+$/, "")}`,
    shown: origin,
    headers: { ...pairsOf(headers), ...(user === ":" ? {} : { authorization: `Basic ${basic}` }) },
  };
}

/** What `key=value,…` with percent encoding says; what says nothing is left out. */
export function pairsOf(text = ""): { [name: string]: string } {
  const pairs = text.split(",").map((pair) => pair.split(/=(.*)/s).map((part) => part.trim()));
  return Object.fromEntries(
    pairs.flatMap(([name, value]) => name && value ? [[decoded(name), decoded(value)]] : []),
  );
}

/** Sends one body; resolves to what is wrong with how that went, null where nothing is. */
export async function sendOtlp(
  { base, headers }: CollectorAddress,
  path: "/v1/metrics" | "/v1/traces",
  body: string,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const response = await fetch(`${base}${path}`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body,
      signal,
      // What is sent along is for nobody else.
      redirect: "manual",
    });
    if (response.ok) return faultOf(await answerOf(response));
    await response.body?.cancel();
    return `it answered ${response.status}`;
  } catch {
    // What fetch says quotes the URL, and headers that it does not like.
    return signal.aborted ? "it did not answer in time" : "it cannot be reached, or talks no HTTP";
  }
}

async function answerOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > ANSWER_BYTES_MAX) return "too long";
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

// Nothing to say is said by an empty answer, too.
function faultOf(answer: string): string | null {
  if (answer.trim() === "") return null;
  try {
    const { rejectedDataPoints, rejectedSpans } = JSON.parse(answer).partialSuccess ?? {};
    const rejected = Number(rejectedDataPoints ?? rejectedSpans ?? 0);
    return rejected > 0 ? `it rejected ${rejected} of what it was sent` : null;
  } catch {
    return "its answer is none of OTLP";
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
