import { foreignPageReason, wrongAddressReason } from '../src/own-site.ts';

const PORT = 4310;

describe('foreignPageReason', () => {
  it.each([
    ['a program', { host: '127.0.0.1:4310' }],
    ['a program that says localhost', { host: 'LocalHost:4310' }],
    ['a client that omits the port', { host: '127.0.0.1' }],
    ['a client behind a forwarded port', { host: '127.0.0.1:4311' }],
    ['a client with a bucket in the name', { host: 'my.bucket.localhost:4310' }],
    ['its own page', { host: '127.0.0.1:4310', origin: 'http://127.0.0.1:4310', 'sec-fetch-site': 'same-origin' }],
    ['an address typed by a person', { host: '127.0.0.1:4310', 'sec-fetch-site': 'none' }],
  ])('accepts %s', (_name, headers) => {
    expect(foreignPageReason({ headers }, PORT)).toBeUndefined();
  });

  it.each([
    ['no host', {}],
    ['a name that was pointed here', { host: 'evil.example:4310' }],
    ['the same without a port', { host: 'evil.example' }],
    ['an address with extra text after the port', { host: '127.0.0.1:4310:evil' }],
    ['a name with the same start', { host: '127.0.0.1.evil.example:4310' }],
    ['a name with the same end', { host: 'evil-localhost:4310' }],
    ['a page whose name is below localhost', { host: 'a.localhost:4310', origin: 'http://a.localhost:4310' }],
    ['another origin', { host: '127.0.0.1:4310', origin: 'https://evil.example' }],
    ['another server on this machine', { host: '127.0.0.1', origin: 'http://127.0.0.1:4311' }],
    ['a page from a file', { host: '127.0.0.1:4310', origin: 'null' }],
    ['an image of another page', { host: '127.0.0.1:4310', 'sec-fetch-site': 'cross-site' }],
    ['a page from another port', { host: '127.0.0.1:4310', 'sec-fetch-site': 'same-site' }],
  ])('refuses %s', (_name, headers) => {
    expect(foreignPageReason({ headers }, PORT)).toEqual(expect.any(String));
  });
});

describe('wrongAddressReason', () => {
  it('requires the port, unless it is the default HTTP port', () => {
    expect(wrongAddressReason({ headers: { host: '127.0.0.1' } }, PORT)).toEqual(expect.any(String));
    expect(wrongAddressReason({ headers: { host: '127.0.0.1' } }, 80)).toBeUndefined();
  });
});
