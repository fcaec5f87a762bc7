import fc from 'fast-check';
import { type XmlContent, xmlDocument } from '../../../src/cloud/obs/xml.ts';
import {
  checkNames,
  childOf,
  childrenOf,
  readXml,
  textOf,
  type XmlElement,
} from '../../../src/cloud/obs/xml-reader.ts';

const read = (text: string) => readXml(text, 'A');
const malformed = { status: 400, code: 'MalformedXML' };

describe('readXml', () => {
  it('reads elements, text, entities, comments and character data', () => {
    const document = read(
      '<?xml version="1.0" encoding="UTF-8"?>\n<!-- one --><A xmlns="urn:x" a=\'1\'>\n <B>1 &lt;&#50;&#x33;&amp;&apos;</B><B/><o:C p:d="&quot;"><![CDATA[<raw> & ]]></o:C></A>\n',
    );

    expect(childrenOf(document, 'B').map(({ text }) => text)).toEqual(["1 <23&'", '']);
    expect(textOf(document, 'C')).toBe('<raw> & ');
    expect(textOf(document, 'D')).toBeUndefined();
  });

  it.each([
    '',
    'A',
    '<A>',
    '</A>',
    '<A></B>',
    '<A><B></A></B>',
    '<A/><A/>',
    '<A/>text',
    '<B/>',
    '<a/>',
    '<A>&nbsp;</A>',
    '<A>&amp</A>',
    '<A>&#0;</A>',
    '<A>&#xD800;</A>',
    '<A>&constructor;</A>',
    '<A>1<B/></A>',
    '<A b></A>',
    '<A b=1></A>',
    '<A b="<"></A>',
    '<!DOCTYPE A [<!ENTITY x "y">]><A/>',
    '<A><?php ?></A>',
    '<A><!-- a -- b --></A>',
    '<A><![CDATA[</A>',
    '{}',
    '<A>'.repeat(21) + '</A>'.repeat(21),
  ])('refuses %j', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining(malformed));
  });

  it('reads what is written', () => {
    const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,5}$/);
    // XML cannot contain other control characters.
    const text = fc.string({ unit: 'grapheme' }).map((value) => value.replace(/\p{Cc}/gu, ''));
    const tree = fc.letrec<{ item: XmlContent[number] }>((tie) => ({
      item: fc.tuple(name, fc.oneof({ maxDepth: 4 }, text, fc.array(tie('item'), { minLength: 1, maxLength: 3 }))),
    }));
    fc.assert(
      fc.property(fc.array(tree.item, { maxLength: 4 }), (content) => {
        expect(shape(readXml(xmlDocument('Root', content), 'Root'))).toEqual([
          'Root',
          content.length > 0 ? content : '',
        ]);
      }),
    );
  });

  it('never fails in another way', () => {
    const fragment = fc.constantFrom(
      '<A>',
      '</A>',
      '<A/>',
      '<',
      '>',
      '&',
      ';',
      '&amp;',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      ' ',
      'x',
      '"',
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 12 }), (fragments) => {
        try {
          read(fragments.join(''));
        } catch (error) {
          expect(error).toMatchObject(malformed);
        }
      }),
    );
  });

  it('reads long text in linear time', () => {
    expect(() => read(`<A ${'a="b" '.repeat(20_000)}`)).toThrow();
    expect(() => read(`<!--${'-x'.repeat(50_000)}`)).toThrow();
    expect(read(`<A>${'x '.repeat(200_000)}</A>`).text).toHaveLength(400_000);
  });
});

function shape({ name, children, text }: XmlElement): unknown {
  return [name, children.length > 0 ? children.map(shape) : text];
}

describe('the fields of an element', () => {
  const document = read('<A><B>1</B><C/><C/><D><E/></D></A>');

  it('are refused if they are repeated, unknown or of another kind', () => {
    expect(() => childOf(document, 'C')).toThrow(expect.objectContaining(malformed));
    expect(() => textOf(document, 'D')).toThrow(expect.objectContaining(malformed));
    expect(() => checkNames(document, 'B', 'C')).toThrow(expect.objectContaining(malformed));
    expect(() => checkNames(document, 'B', 'C', 'D')).not.toThrow();
  });
});
