import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';

/** Of each bundled file, once a stack of it was asked for; `undefined` where there is none that can be read. */
const maps = new Map<string, SourceMap | undefined>();

/**
 * Writes an error's stack with places in our sources in place of those in a bundle. It is V8's hook `Error.prepareStackTrace`, called when
 * somebody first looks at a stack: so the source maps, which take longer to load than the bundle, are read after an error and not at each start.
 *
 * Throws nothing: a place that isn't in a map is shown as it is.
 */
export function prepareStackTrace(error: unknown, frames: readonly NodeJS.CallSite[]): string {
  return [headOf(error), ...frames.map((frame) => `    at ${placed(frame)}`)].join('\n');
}

function headOf(error: unknown): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

function placed(frame: NodeJS.CallSite): string {
  const text = String(frame);
  const [file, line, column] = [frame.getFileName(), frame.getLineNumber(), frame.getColumnNumber()];
  if (!file?.endsWith('.js') || line === null || column === null) return text;
  const origin = mapOf(file)?.findEntry(line - 1, column - 1);
  if (!origin || !('originalSource' in origin)) return text;
  const source = origin.originalSource.replace(/^(?:\.\.\/)+/, '');
  return text.replace(`${file}:${line}:${column}`, `${source}:${origin.originalLine + 1}:${origin.originalColumn + 1}`);
}

function mapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) maps.set(file, readMap(`${file}.map`));
  return maps.get(file);
}

function readMap(path: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
