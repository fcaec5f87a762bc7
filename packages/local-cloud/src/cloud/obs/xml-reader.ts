import { obsErrors } from './obs-error.ts';

/** An element of a request body. Attributes and namespaces are ignored: no request of OBS needs them. */
export interface XmlElement {
  /** Without a prefix. */
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Empty if it has children. */
  readonly text: string;
}

interface OpenElement {
  /** As written. */
  readonly tag: string;
  readonly children: XmlElement[];
  text: string;
}

const MAX_DEPTH = 20;
const NAME = '[A-Za-z_][\\w.-]*(?::[A-Za-z_][\\w.-]*)?';
const TOKEN = new RegExp(
  [
    '<!--(?:(?!--)[^])*-->',
    '<!\\[CDATA\\[(?<data>(?:(?!\\]\\]>)[^])*)\\]\\]>',
    `</(?<close>${NAME})\\s*>`,
    `<(?<open>${NAME})(?:\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*\\s*(?<empty>/?)>`,
    '(?<text>[^<]+)',
  ].join('|'),
  'y',
);
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads a document with this root element. A strict subset of XML: no document type, no processing instructions, no text beside elements.
 *
 * @throws {ObsError} 400 MalformedXML
 */
export function readXml(text: string, rootName: string): XmlElement {
  const body = text.replace(/^\uFEFF?\s*(<\?xml\s[^?]*\?>)?/, '');
  const document: OpenElement = { tag: '', children: [], text: '' };
  const open = [document];
  let at = 0;
  while (at < body.length) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(body);
    if (token === null) throw obsErrors.malformedXml();
    at = TOKEN.lastIndex;
    readToken(open, token.groups ?? {});
  }
  const [root, ...others] = document.children;
  if (open.length > 1 || root?.name !== rootName || others.length > 0 || document.text.trim() !== '')
    throw obsErrors.malformedXml();
  return root;
}

function readToken(open: OpenElement[], token: Readonly<Record<string, string | undefined>>): void {
  const inner = open.at(-1) as OpenElement;
  if (token['text'] !== undefined) inner.text += unescapeXml(token['text']);
  else if (token['data'] !== undefined) inner.text += token['data'];
  else if (token['open'] !== undefined) {
    if (open.length > MAX_DEPTH) throw obsErrors.malformedXml();
    open.push({ tag: token['open'], children: [], text: '' });
    if (token['empty'] === '/') closeElement(open);
  } else if (token['close'] !== undefined) {
    if (inner.tag !== token['close'] || open.length === 1) throw obsErrors.malformedXml();
    closeElement(open);
  }
}

function closeElement(open: OpenElement[]): void {
  const { tag, children, text } = open.pop() as OpenElement;
  if (children.length > 0 && text.trim() !== '') throw obsErrors.malformedXml();
  const name = tag.slice(tag.indexOf(':') + 1);
  open.at(-1)?.children.push({ name, children, text: children.length > 0 ? '' : text });
}

function unescapeXml(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(/&([^;]*);?/g, (entity, name: string) => {
    if (!entity.endsWith(';')) throw obsErrors.malformedXml();
    const number = /^#(?:(\d{1,7})|x([\dA-Fa-f]{1,6}))$/.exec(name);
    if (number !== null) {
      const code = number[1] === undefined ? Number.parseInt(number[2] ?? '', 16) : Number(number[1]);
      if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) throw obsErrors.malformedXml();
      return String.fromCodePoint(code);
    }
    const character = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
    if (character === undefined) throw obsErrors.malformedXml();
    return character;
  });
}

/** All children with this name. */
export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** The only child with this name; undefined if there is none. @throws {ObsError} 400 MalformedXML when there are several */
export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  const [child, ...others] = childrenOf(element, name);
  if (others.length > 0) throw obsErrors.malformedXml();
  return child;
}

/** The text of the only child with this name; undefined if there is none. @throws {ObsError} 400 MalformedXML when it has children */
export function textOf(element: XmlElement, name: string): string | undefined {
  const child = childOf(element, name);
  if (child !== undefined && child.children.length > 0) throw obsErrors.malformedXml();
  return child?.text;
}

/** As `textOf`. @throws {ObsError} 400 MalformedXML also when there is none */
export function requiredText(element: XmlElement, name: string): string {
  const text = textOf(element, name);
  if (text === undefined) throw obsErrors.malformedXml();
  return text;
}

/** @throws {ObsError} 400 MalformedXML when the element has other children */
export function checkNames(element: XmlElement, ...names: readonly string[]): void {
  if (element.children.some(({ name }) => !names.includes(name))) throw obsErrors.malformedXml();
}
