/**
 * Splits a string into consecutive JSON objects and arrays, however they are laid out: one per line, printed over many lines, or with
 * nothing between them, as in concatenated files.
 *
 * @returns the unparsed parts, the last of which may not be valid JSON; empty for an empty string
 */
export function splitJson(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === '\\') at += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') depth += 1;
    else if ((char === '}' || char === ']') && --depth <= 0) {
      parts.push(text.slice(start, at + 1));
      start = at + 1;
      depth = 0;
    }
  }
  const rest = text.slice(start);
  return (rest.trim() === '' ? parts : [...parts, rest]).map((part) => part.trim());
}
