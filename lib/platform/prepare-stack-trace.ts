import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { resolve } from 'node:path';

/** The source map of each bundled file whose stack has been read; `undefined` when it is missing or unreadable. */
const maps = new Map<string, SourceMap | undefined>();

/**
 * Formats an error's stack with source positions instead of bundle positions. It is V8's hook `Error.prepareStackTrace`, called when a stack is
 * first read, so the source maps, which take longer to load than the bundle, are read after an error and not at each start.
 *
 * Never throws: a position that is not in a map is shown unchanged.
 */
export function prepareStackTrace(error: unknown, frames: readonly NodeJS.CallSite[]): string {
  return [formatHeader(error), ...frames.map((frame) => `    at ${formatFrame(frame)}`)].join('\n');
}

function formatHeader(error: unknown): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

function formatFrame(frame: NodeJS.CallSite): string {
  const text = String(frame);
  const [file, line, column] = [frame.getFileName(), frame.getLineNumber(), frame.getColumnNumber()];
  if (!file?.endsWith('.js') || line === null || column === null) return text;
  const origin = sourceMapOf(file)?.findEntry(line - 1, column - 1);
  if (!origin || !('originalSource' in origin)) return text;
  const source = origin.originalSource.replace(/^(?:\.\.\/)+/, '');
  return text.replace(`${file}:${line}:${column}`, `${source}:${origin.originalLine + 1}:${origin.originalColumn + 1}`);
}

function sourceMapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) maps.set(file, readMap(`${file}.map`));
  return maps.get(file);
}

function readMap(path: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(resolve(import.meta.dirname, path), 'utf8')));
  } catch {
    return undefined;
  }
}
