import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { endianness } from 'node:os';

/** A client may have opened an IPv6 socket for an IPv4 address, as Java does. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/** The ends of a connection, as its server sees them. */
export type Connection = Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>;

/**
 * Which user has the other end of a connection from 127.0.0.1? The kernel says so in `/proc/net/tcp` (Linux, proc(5)).
 *
 * @param read one of the tables; throws where there is none
 * @returns the uid; undefined where the kernel does not say, or nobody has that end any more: then it may be anybody
 */
export async function peerUser(
  connection: Connection,
  read: (file: string) => Promise<string> = (file) => readFile(file, 'utf8'),
): Promise<number | undefined> {
  const tables = await Promise.all(TABLES.map((file) => read(file).catch(() => '')));
  const peer = [connection.remoteAddress, connection.remotePort] as const;
  const own = [connection.localAddress, connection.localPort] as const;
  for (const line of tables.flatMap((table) => table.split('\n'))) {
    const [, local, remote, , , , , uid, , inode] = line.trim().split(/\s+/);
    // Without an inode no process has it: its uid says nothing.
    if (local === undefined || remote === undefined || inode === undefined || inode === '0') continue;
    if (isEnd(local, ...peer) && isEnd(remote, ...own)) return Number(uid);
  }
  return undefined;
}

/** `0100007F:A981`: four bytes in the machine's order, in IPv6 at the end, and the port. */
function isEnd(text: string, address: string | undefined, port: number | undefined): boolean {
  const bytes = /^(?:::ffff:)?(\d+)\.(\d+)\.(\d+)\.(\d+)$/
    .exec(address ?? '')
    ?.slice(1)
    .map(Number);
  if (bytes === undefined || port === undefined) return false;
  const [hex = '', portHex = ''] = text.split(':');
  const ordered = endianness() === 'LE' ? bytes.reverse() : bytes;
  const expected = Buffer.from(ordered).toString('hex').toUpperCase();
  return Number.parseInt(portHex, 16) === port && (hex.length === 8 ? hex === expected : hex.endsWith(expected));
}
