import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT } from '../caller.ts';
import { signV4 } from './sign-v4.ts';

const MEGABYTE = Buffer.alloc(1 << 20, 'a');

describe('an upload in chunks', () => {
  let cloud: LocalCloud;

  beforeAll(async () => {
    cloud = await startLocalCloud({ accounts: [ACCOUNT], obs: { buckets: [{ name: 'inbox' }] } });
  });

  afterAll(() => cloud.close());

  /** Sends the parts, and returns the status and the code of the response. */
  async function send(key: string, length: number, trailer: string, parts: readonly (string | Buffer)[]) {
    const headers = {
      host: `127.0.0.1:${new URL(cloud.obsUrl).port}`,
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-date': new Date().toISOString().replaceAll(/[-:]|\.\d{3}/g, ''),
      'x-amz-decoded-content-length': String(length),
      'x-amz-trailer': trailer,
    };
    const path = `/inbox/${key}`;
    const authorization = signV4({ method: 'PUT', path, query: '', headers }, ACCOUNT);
    const sent = request(`${cloud.obsUrl}${path}`, { method: 'PUT', headers: { ...headers, authorization } });
    for (const part of parts) sent.write(part);
    sent.end();
    const [[response]] = await Promise.all([
      once(sent, 'response') as Promise<[IncomingMessage]>,
      once(sent, 'finish'),
    ]);
    const text = Buffer.concat(await response.toArray()).toString();
    return [response.statusCode, /<Code>(.*)<\/Code>/.exec(text)?.[1]];
  }

  it('becomes an object without the marks of the chunks', async () => {
    const parts = ['4\r\n1234\r\n5\r\n5678', '9\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n'];

    expect(await send('whole', 9, 'x-amz-checksum-crc32', parts)).toEqual([200, undefined]);
    expect(await cloud.obs.text('inbox', 'whole')).toBe('123456789');
  });

  it.each([
    ['a chunk without a size', 'x-amz-checksum-crc32', ['first\r\n']],
    ['a trailer that is not supported', 'x-amz-checksum-crc128', ['100000\r\n']],
  ])('is refused for %s, however much follows, and leaves no object', async (_name, trailer, start) => {
    const parts = [...start, ...Array.from({ length: 20 }, () => MEGABYTE)];

    expect(await send('refused', MEGABYTE.length, trailer, parts)).toEqual([400, 'InvalidArgument']);
    expect(await cloud.obs.has('inbox', 'refused')).toBe(false);
  });
});
