/** A text that stands in a file once, and what a bundle has in its place. */
type Edit = readonly [text: string, instead: string];

/** By file: what takes long at the first start, and need not be there or can be done another way with the same outcome. */
export const EDITS: Readonly<Record<string, readonly Edit[]>> = {
  // Comparing by the rules of a language loads the tables of that language. Names of headers are ASCII, and the signature lists them by their
  // codes, as the same signer sorts them for `SignedHeaders`.
  '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js': [
    [
      'headers.sort((a, b) => a.key.toLocaleLowerCase().localeCompare(b.key.toLocaleLowerCase()))',
      'const codes = headers.map(({ key }) => key.toLowerCase()).sort();\nheaders.sort((a, b) => codes.indexOf(a.key.toLowerCase()) - codes.indexOf(b.key.toLowerCase()))',
    ],
  ],
  // XML is in lists and refusals; each of the two tables is for one way to sign.
  'esdk-obs-nodejs/lib/utils.js': [
    ["const { XMLParser } = require('fast-xml-parser')", ''],
    [
      'const parser = new XMLParser(options);',
      "let made;\nconst parser = { parse: (text) => (made ??= new (require('fast-xml-parser').XMLParser)(options)).parse(text) };",
    ],
    ["const obsModel = require('./obsModel');", ''],
    ["const v2Model = require('./v2Model');", ''],
    [
      '? obsModel[methodName] : v2Model[methodName];',
      "? require('./obsModel')[methodName] : require('./v2Model')[methodName];",
    ],
    [
      "? obsModel[methodName + 'Output'] : v2Model[methodName + 'Output'];",
      "? require('./obsModel')[methodName + 'Output'] : require('./v2Model')[methodName + 'Output'];",
    ],
  ],
};

/** @throws {Error} when a text to edit does not stand in the file exactly once: the package is another one than was read */
export function edited(file: string, source: string): string {
  let text = source;
  for (const [before, after] of EDITS[file] ?? []) {
    const parts = text.split(before);
    if (parts.length !== 2)
      throw new Error(`${file} has ${parts.length - 1} times what is to be edited once: ${before}`);
    text = parts.join(after);
  }
  return text;
}
