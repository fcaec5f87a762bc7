import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CALL_CODES, COMMAND_CODES, ERROR_CODES, EXPLAIN_CODES, RUN_CODES } from '../lib/kernel/codes.ts';

const ROOT = join(import.meta.dirname, '..');
const TABLE = 'codes.ts';

/** Every file that could use a code: `tsc` accepts nothing but a `KnownCode` as one. */
const sources = ['functions', 'lib']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  )
  .filter((file) => file.endsWith('.ts') && !file.endsWith(`/${TABLE}`))
  .map((file) => readFileSync(join(ROOT, file), 'utf8'))
  .join();

const TABLES = { RUN_CODES, COMMAND_CODES, ERROR_CODES, CALL_CODES, EXPLAIN_CODES };

describe.each(Object.entries(TABLES))('the codes of %s', (_, codes) => {
  it('are all used somewhere', () => {
    expect(Object.keys(codes).filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });

  it('say what happened and what to do, in full sentences', () => {
    const texts = Object.values(codes).flatMap(({ meaning, remedy }) => [meaning, remedy]);

    expect(texts.filter((text) => !/^[A-Z`'].*[.?)]$/.test(text))).toEqual([]);
  });
});
