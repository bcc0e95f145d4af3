/**
 * The client library, by the names that are used of it: a bundle in parts gives what it loads later only
 * the names that something in between exports.
 *
 * @module
 */

// @ts-types="./_redis_client.d.ts"
export { createClient, ErrorReply, RESP_TYPES } from "@redis/client";
