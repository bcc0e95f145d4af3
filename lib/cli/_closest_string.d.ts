/** The nearest of `possibleWords`, by edit distance. */
export function closestString(givenWord: string, possibleWords: readonly string[]): string;
