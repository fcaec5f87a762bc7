import { type Connection, peerUser } from '../src/peer-user.ts';

const CONNECTION: Connection = {
  localAddress: '127.0.0.1',
  localPort: 43_393,
  remoteAddress: '127.0.0.1',
  remotePort: 51_206,
};
const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const line = (local: string, remote: string, uid: number, inode: number) =>
  `   3: ${local} ${remote} 01 00000000:00000000 02:00001770 00000000 ${uid}        0 ${inode} 3 0 20 0 0 11 -1`;
const SERVER = line('0100007F:A981', '0100007F:C806', 1000, 12_276);

const read =
  (tcp: string[], tcp6: string[] = []) =>
  async (file: string) =>
    [HEAD, ...(file === '/proc/net/tcp' ? tcp : tcp6), ''].join('\n');

describe('peerUser', () => {
  it.each([
    [
      'the user of the other end, not of this one',
      [line('0100007F:C806', '0100007F:A981', 65_534, 12_601)],
      [],
      65_534,
    ],
    ['root', [line('0100007F:C806', '0100007F:A981', 0, 12_601)], [], 0],
    [
      'the user of an IPv6 socket for the same address',
      [],
      [line('0000000000000000FFFF00000100007F:C806', '0000000000000000FFFF00000100007F:A981', 7, 5)],
      7,
    ],
    ['nobody for an end that no process owns', [line('0100007F:C806', '0100007F:A981', 0, 0)], [], undefined],
    ['nobody for a connection from another port', [line('0100007F:C807', '0100007F:A981', 7, 5)], [], undefined],
    ['nobody for a connection from another address', [line('0200007F:C806', '0100007F:A981', 7, 5)], [], undefined],
    ['nobody for a connection to another port', [line('0100007F:C806', '0100007F:A982', 7, 5)], [], undefined],
  ])('returns %s', async (_name, tcp, tcp6, expected) => {
    expect(await peerUser(CONNECTION, read([SERVER, ...tcp], tcp6))).toBe(expected);
  });

  it('returns nobody without tables', async () => {
    const fails = () => Promise.reject(new Error('ENOENT'));

    expect(await peerUser(CONNECTION, fails)).toBeUndefined();
  });
});
