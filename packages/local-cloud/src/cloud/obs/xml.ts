/** Elements in order; names may repeat. */
export type XmlContent = readonly XmlItem[];

export type XmlItem = readonly [name: string, content: XmlValue, attributes?: Readonly<Record<string, string>>];

type XmlValue = string | number | boolean | XmlContent;

/** A complete document. */
export function xmlDocument(root: string, content: XmlValue): string {
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${element([root, content])}`;
}

function element([name, content, attributes = {}]: XmlItem): string {
  const inner = typeof content === 'object' ? content.map(element).join('') : escapeXml(`${content}`);
  const written = Object.entries(attributes).map(([attribute, value]) => ` ${attribute}="${escapeXml(value)}"`);
  return `<${name}${written.join('')}>${inner}</${name}>`;
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}
