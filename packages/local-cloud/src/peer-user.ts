import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { endianness } from 'node:os';

/** A client may use an IPv6 socket for an IPv4 address, as Java does. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/** The ends of a connection, as its server sees them. */
export type Connection = Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>;

/**
 * The user at the other end of a connection from 127.0.0.1, according to `/proc/net/tcp` (Linux, proc(5)).
 *
 * @param read reads one of the tables; throws if it does not exist
 * @returns the uid; undefined if the kernel does not report it or the connection is closed, so that it could be anyone
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
    // Without an inode no process owns it, so its uid is meaningless.
    if (local === undefined || remote === undefined || inode === undefined || inode === '0') continue;
    if (isEnd(local, ...peer) && isEnd(remote, ...own)) return Number(uid);
  }
  return undefined;
}

/** `0100007F:A981`: four bytes in the machine's byte order (for IPv6 at the end), and the port. */
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
