import type { Readable } from 'node:stream';
import { endMarker } from './protocol.ts';

/** The output of a stream, split into lines, and complete up to a request's end marker. */
export interface OutputLines {
  /** Resolves when all output of this request has been passed on, or the stream has ended. */
  endOf(requestId: string): Promise<void>;
}

/**
 * Passes on each line of a stream as it arrives; an unterminated line is passed on when its request or the stream ends.
 */
export function readOutputLines(stream: Readable, onLine: (line: string) => void): OutputLines {
  const waiting = new Map<string, () => void>();
  const ended = new Set<string>();
  let rest = '';
  let closed = false;

  const take = (line: string) => {
    const start = line.indexOf('\0end ');
    const text = start === -1 ? line : line.slice(0, start);
    if (text !== '' || start === -1) onLine(text);
    if (start === -1) return;
    const requestId = line.slice(start + endMarker('').length - 1);
    const resolve = waiting.get(requestId);
    if (resolve) {
      waiting.delete(requestId);
      resolve();
    } else {
      ended.add(requestId);
    }
  };

  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
  stream.on('close', () => {
    closed = true;
    if (rest !== '') take(rest);
    rest = '';
    for (const resolve of waiting.values()) resolve();
    waiting.clear();
  });

  return {
    endOf: (requestId) =>
      new Promise((resolve) => {
        if (closed || ended.delete(requestId)) resolve();
        else waiting.set(requestId, resolve);
      }),
  };
}
