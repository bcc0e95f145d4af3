/**
 * Reading YAML, with the types that the package does not carry.
 *
 * @module
 */

// @ts-types="./_yaml.d.ts"
export { parseAll } from "@std/yaml/parse";
