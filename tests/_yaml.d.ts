/** Every document of a stream. Throws where it is no YAML. */
export function parseAll(content: string): unknown;
