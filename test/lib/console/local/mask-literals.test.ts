import fc from 'fast-check';
import { maskLiterals, maskMessage } from '../../../../lib/console/local/mask-literals.ts';

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
    ['one in a file that is not YAML', 'a: [\npassword: hunter2\n', 'a: [\npassword: ***\n'],
  ])('masks %s', (_, text, masked) => {
    expect(maskLiterals(text)).toBe(masked);
  });

  it.each([
    ['the name of a variable', 'password: { user_data: STAGING_CACHE_PASSWORD }'],
    ['the place of a secret in DEW', 'password: { csms: prod.cache-1, key: password, version: v3 }'],
    ['the label of a caller', 'auth: { bearer: [ { user_data: A_TOKEN, as: partner-a } ] }'],
    ['a password that is missing', 'password:\nname: a'],
    ['all else', 'a: 1\nlist: [ x, y ]\ntext: "password: is only a word here"\n'],
  ])('does not change %s', (_, text) => {
    expect(maskLiterals(text)).toBe(text);
  });

  it.each([
    ['a signing secret anywhere', 'description: whsec_abc', 'description: ***'],
    ['a password in a URL', 'addrs: "redis://:Pa/ss@10.0.0.1:6379"', 'addrs: ***'],
    ['a password before an address', 'addrs: user:Pass@10.0.0.1:6379', 'addrs: ***'],
    ['a token in place of a list', 'auth: { bearer: TOKEN-1 }', 'auth: { bearer: *** }'],
    ['a token as a key', 'auth: { bearer: { whsec_abc: } }', 'auth: { bearer: { ***: } }'],
    [
      'what is under a secret key',
      'password: { value: hunter2, user_data: P }',
      'password: { value: ***, user_data: P }',
    ],
    ['what cannot be a label', 'bearer: [ { user_data: A, as: Hunter2 } ]', 'bearer: [ { user_data: A, as: *** } ]'],
    ['a list under one', 'passwords: [ hunter2, 5 ]', 'passwords: [ ***, *** ]'],
    ['an invalid name of a variable', 'password: { user_data: "hunter 2" }', 'password: { user_data: *** }'],
    ['an invalid place in DEW', 'password: { csms: "a b", key: "{hunter2}" }', 'password: { csms: ***, key: *** }'],
    ['what an alias stands for', 'a: &p hunter2\npassword: *p\n', 'a: &p ***\npassword: *p\n'],
    ['other names', 'pwd: a\npassphrase: b\napi_key: c\n', 'pwd: ***\npassphrase: ***\napi_key: ***\n'],
  ])('masks %s', (_, text, masked) => {
    expect(maskLiterals(text)).toBe(masked);
  });

  it.each([
    ['a value', ['x'], 'x: hunter2\ny: 1\n', 'x: (not shown)\ny: 1\n'],
    ['one in a list', ['x', 1], 'x: [ a, hunter2 ]', 'x: [ a, (not shown) ]'],
    ['one in JSON', ['x', 'y'], '{"x":{"y":"hunter2"}}', '{"x":{"y":(not shown)}}'],
    ['all that is in it', ['x'], 'x: { y: [ hunter2 ], z: 1 }', 'x: { y: [ (not shown) ], z: (not shown) }'],
    ['what an alias stands for', ['x'], 'a: &p hunter2\nx: *p\n', 'a: &p (not shown)\nx: *p\n'],
    ['a number as the key', [1], '1: hunter2', '1: (not shown)'],
    [
      'a part of a job',
      ['jobs', 'a', 'junk'],
      'jobs: { a: { junk: { z: 1 } } }',
      'jobs: { a: { junk: { z: (not shown) } } }',
    ],
  ])('masks %s with a problem', (_, path, text, masked) => {
    expect(maskLiterals(text, [path])).toBe(masked);
  });

  it.each([
    [[]],
    [['jobs']],
    [['jobs', 'a']],
    [['jobs', 'a', 'on']],
    [['jobs', 'a', 'backup_import']],
    [['nothing', 1]],
  ])('masks nothing for a problem of a container: %j', (path) => {
    const text = 'jobs: { a: { on: { request: {} }, backup_import: { description: x } } }';

    expect(maskLiterals(text, [path])).toBe(text);
  });

  it('shows no value of a text that cannot be parsed', () => {
    const text = 'a: [\n  - hunter2\nb: hunter2 # mine\nhunter2\n{"c":"hunter2"\n# a comment\n  - d: e\n';

    expect(maskLiterals(text)).toBe('a: [\n  - ***\nb: ***\n***\n***\n# a comment\n  - d: ***\n');
  });

  it('marks secrets as such, even if they have a problem', () => {
    expect(maskLiterals('pwd: hunter2', [['pwd']])).toBe('pwd: ***');
  });

  it('never throws, and keeps every line, for any text', () => {
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

describe('maskMessage', () => {
  it.each([
    [
      'must be true or false, received the string "hun\\"ter2…"',
      'must be true or false, received the string (not shown)',
    ],
    [
      'is not the name of a target: "hunter2"; did you mean "cache"?',
      'is not the name of a target: (not shown); did you mean "cache"?',
    ],
    ['unknown key "pwd"', 'unknown key "pwd"'],
    ['must be "a" or "b", received 5', 'must be "a" or "b", received 5'],
  ])('removes the value from %j', (message, masked) => {
    expect(maskMessage(message)).toBe(masked);
  });
});
