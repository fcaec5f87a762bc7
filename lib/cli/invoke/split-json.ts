/**
 * Cuts a text into the JSON objects and lists that stand in it one after the other, however they are laid out: one a line, printed over many
 * lines, or with nothing between them, as files that were put together are.
 *
 * @returns the texts, each whole, or what is no JSON: each still has to be parsed; empty for an empty text
 */
export function splitJson(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (inText) {
      if (char === '\\') at += 1;
      else if (char === '"') inText = false;
    } else if (char === '"') inText = true;
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
