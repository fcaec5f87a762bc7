import fc from 'fast-check';
import { splitJson } from '../../../../lib/cli/invoke/split-json.ts';

describe('splitJson', () => {
  it.each([
    ['', []],
    [' \n', []],
    ['{"a":1}', ['{"a":1}']],
    ['{"a":1}\n[2]\n', ['{"a":1}', '[2]']],
    ['{"a":{}}{"b":"}{\\""}', ['{"a":{}}', '{"b":"}{\\""}']],
    ['{"a":1} and more', ['{"a":1}', 'and more']],
    ['} {"a":1}', ['}', '{"a":1}']],
  ])('cuts %j', (text, parts) => {
    expect(splitJson(text)).toEqual(parts);
  });

  it('splits concatenated objects, whatever they contain and whatever separates them', () => {
    const space = fc.constantFrom('', ' ', '\n', '\r\n\t');
    const object = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(fc.array(fc.tuple(object, space, fc.constantFrom(undefined, 2))), (all) => {
        const text = all.map(([value, between, indent]) => JSON.stringify(value, null, indent) + between).join('');

        expect(splitJson(text).map((part) => JSON.parse(part))).toEqual(
          all.map(([value]) => JSON.parse(JSON.stringify(value))),
        );
      }),
    );
  });
});
