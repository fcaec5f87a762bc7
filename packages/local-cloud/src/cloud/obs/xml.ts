/** Elements in order; names may repeat. */
export type XmlContent = readonly (readonly [name: string, content: string | number | boolean | XmlContent])[];

/** A complete document. */
export function xmlDocument(root: string, content: XmlContent): string {
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${element(root, content)}`;
}

function element(name: string, content: string | number | boolean | XmlContent): string {
  const inner =
    typeof content === 'object' ? content.map(([child, of]) => element(child, of)).join('') : escapeXml(`${content}`);
  return `<${name}>${inner}</${name}>`;
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}

/** The text of all elements with this name, in order. Nothing else in request bodies is needed. */
export function textsOf(document: string, name: string): string[] {
  return [...document.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text]) =>
    unescapeXml(text ?? ''),
  );
}

function unescapeXml(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&amp;', '&');
}
