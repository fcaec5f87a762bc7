import { findSetPlace } from '../../jobs/set-place.ts';
import { hasControlCharacter } from '../../kernel/control-characters.ts';
import { MAX_KEY_BYTES } from '../../kernel/max-key-bytes.ts';
import type { SetScope } from './set-work.ts';

/** Maximum number of files in a manifest and in any set; more than this is a mistake in `by` or `key`. */
export const MAX_FILES = 1_000;
/** A list of 1,000 keys of the maximum length is shorter than this. */
export const MAX_MANIFEST_BYTES = 1_048_576;
const MAX_SHOWN = 100;

/** An invalid manifest. Final: only another version of the marker can be valid. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/**
 * Parses the keys listed in a manifest, the content of a set's marker.
 *
 * A manifest is UTF-8, with or without a byte order mark: either one name per line (LF, CRLF or CR; spaces and tabs around a name and empty lines are
 * ignored) or a JSON array of names, which are used as they are. Names are relative to the set's prefix. Duplicate names count once.
 *
 * @returns 1 to 1,000 keys, each once, in the order of the manifest
 * @throws {ManifestError} for everything else: a name that is absolute, leaves the prefix, or is not a file of this set; comments; no names, or too
 *   many
 */
export function parseManifest(content: Uint8Array, scope: SetScope): string[] {
  const text = decode(content);
  const start = text.trimStart();
  const keys = new Set<string>();
  for (const [place, name] of start.startsWith('[') ? namesInJson(text) : namesInLines(text)) {
    keys.add(keyOf(name, place, scope));
    if (keys.size > MAX_FILES) throw new ManifestError(`it names more than ${MAX_FILES} files`);
  }
  if (keys.size === 0) throw new ManifestError('it names no files');
  return [...keys];
}

function decode(content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (cause) {
    throw new ManifestError('it is not UTF-8; save it as UTF-8', { cause });
  }
}

type Named = readonly [place: string, name: string];

function namesInJson(text: string): Named[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (cause) {
    const why = 'it begins with "[" and is not a JSON array; a file name that begins with "[" must be in a JSON array';
    throw new ManifestError(why, { cause });
  }
  if (!Array.isArray(list)) throw new ManifestError('it must be a JSON array of names');
  return list.map((name: unknown, i) => {
    if (typeof name === 'string') return [`entry ${i + 1}`, name];
    throw new ManifestError(`entry ${i + 1} must be a string with the name of a file`);
  });
}

function namesInLines(text: string): Named[] {
  if (isJsonObject(text)) throw new ManifestError('it is a JSON object; it must be a JSON array of names, or lines');
  return text.split(/\r\n|\n|\r/).flatMap((line, i): Named[] => {
    const name = line.replace(/^[ \t]+|[ \t]+$/g, '');
    if (name === '') return [];
    if (!name.startsWith('#')) return [[`line ${i + 1}`, name]];
    const why = 'comments are not supported; a file name that begins with "#" must be in a JSON array';
    throw new ManifestError(`line ${i + 1} is ${shown(name)}: ${why}`);
  });
}

function isJsonObject(text: string): boolean {
  if (!text.trimStart().startsWith('{')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function keyOf(name: string, place: string, { trigger, prefix }: SetScope): string {
  const refuse = (why: string) => new ManifestError(`${place} is ${shown(name)}: ${why}`);
  const segments = name.split('/');
  if (name === '') throw refuse('the name is empty');
  if (name.startsWith('/') || /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(name) || /^[A-Za-z]:[\\/]/.test(name)) {
    throw refuse(`names must be relative to the set's prefix ${prefix}, and must not include it`);
  }
  if (segments.includes('..')) throw refuse('".." is not allowed, because it could leave the set');
  if (name.includes('\\')) throw refuse('use "/" to separate folders, not "\\"');
  if (segments.includes('.')) throw refuse('"." is not a valid folder name; omit "./"');
  if (segments.includes('')) throw refuse('it must be a file, and folder names must not be empty');
  if (hasControlCharacter(name)) throw refuse('it contains a control character');
  if (/\p{Surrogate}/u.test(name)) throw refuse('it contains a lone surrogate');
  const key = prefix + name;
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw refuse(`its key is longer than ${MAX_KEY_BYTES} bytes`);
  const found = findSetPlace(trigger, key);
  if (found?.role === 'marker') throw refuse('it is the marker itself');
  if (found?.prefix !== prefix) throw refuse(`the job's key ${JSON.stringify(trigger.key)} does not match ${prefix}…`);
  return key;
}

function shown(name: string): string {
  return JSON.stringify(name.length > MAX_SHOWN ? `${name.slice(0, MAX_SHOWN)}…` : name);
}
