/**
 * JSON documents as answers.
 *
 * @module
 */

import { jsonDocument } from "../model/json_document.ts";

/** An answer with a document of this schema; names are given in camelCase. */
export function jsonResponse(schema: string, fields: object, status = 200): Response {
  return new Response(jsonDocument(schema, fields), {
    status,
    headers: { "content-type": "application/json" },
  });
}
