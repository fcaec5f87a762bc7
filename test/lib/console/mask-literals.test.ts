import fc from 'fast-check';
import { maskLiterals } from '../../../lib/console/mask-literals.ts';

describe('maskLiterals', () => {
  it.each([
    ['a password', 'password: hunter2 # mine\nname: a\n', 'password: *** # mine\nname: a\n'],
    ['one in quotes', 'target: { password: "a # b", id: x }', 'target: { password: ***, id: x }'],
    ['one in JSON', '{"password":"hunter2","id":1}', '{"password":***,"id":1}'],
    ['one of several lines', 'password: |\n  hunter2\n  more\nname: a\n', 'password: ***\n\n\nname: a\n'],
    ['a number', 'ssh_password: 12345', 'ssh_password: ***'],
    [
      'tokens in a list',
      'auth: { bearer: [ abcdef, { user_data: B } ] }',
      'auth: { bearer: [ ***, { user_data: B } ] }',
    ],
    ['signing secrets in a list', 'standard_webhooks:\n  - whsec_abc\n', 'standard_webhooks:\n  - ***\n'],
    ['keys', 'sk: abc\nsecret_key: def\n', 'sk: ***\nsecret_key: ***\n'],
    ['one in a file that is no YAML', 'a: [\npassword: hunter2\n', 'a: [\npassword: ***\n'],
  ])('masks %s', (_, text, masked) => {
    expect(maskLiterals(text)).toBe(masked);
  });

  it.each([
    ['the name of a variable', 'password: { user_data: STAGING_CACHE_PASSWORD }'],
    ['a password that is missing', 'password:\nname: a'],
    ['all else', 'a: 1\nlist: [ x, y ]\ntext: "password: is only a word here"\n'],
  ])('leaves %s as it is', (_, text) => {
    expect(maskLiterals(text)).toBe(text);
  });

  it('throws nothing and keeps every line, whatever the text is', () => {
    const piece = fc.constantFrom(
      'password: ',
      'a',
      '\n',
      ' ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '|',
      '&x ',
      '*x',
      ': ',
      '\t',
      '# ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        expect(maskLiterals(text).split('\n')).toHaveLength(text.split('\n').length);
      }),
    );
  });
});
