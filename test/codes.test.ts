import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CALL_CODES, COMMAND_CODES, ERROR_CODES, EXPLAIN_CODES, RUN_CODES } from '../lib/kernel/codes.ts';
import { PROBLEM_TYPES } from '../lib/webhook/problem-types.ts';

const ROOT = join(import.meta.dirname, '..');
const TABLE = 'lib/kernel/codes.ts';
/** The local cloud has the codes of the services; the pages only name ours. */
const NOT_OURS = /^(?:lib\/local|scripts\/docs)\//;

/** Where a literal becomes a code. */
const MAKES_A_CODE = [
  /\bcode: '(\w+)'/g,
  /\bcloudCode: '(\w+)'/g,
  /new (?:Run|App|List|StrictJson)Error\(\s*'(\w+)'/g,
  /\bsuper\(\s*'(\w+)'/g,
  /\bunusableAnswer\(\s*[^,()]+,\s*[^,()]+,\s*'(\w+)'/g,
  /\bunusable\('(\w+)'/g,
  /\b(?:skipped|nothing|notAbout)\([^)\n]*?'(\w+)'/g,
];
/** One of several. */
const CHOOSES_A_CODE = /\bcode(?::| =) [^\n;{}]*\?[^\n;{}]*/g;

/** Codes of the network and of files are Node's own. */
const OF_NODE = /^E[A-Z_]+$/;

function sources(): Map<string, string> {
  const files = ['functions', 'lib', 'scripts'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${folder}/${file}`),
  );
  return new Map(
    files
      .filter((file) => file !== TABLE && !NOT_OURS.test(file))
      .map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]),
  );
}

function codesIn(text: string): string[] {
  const made = MAKES_A_CODE.flatMap((pattern) => [...text.matchAll(pattern)].map(([, code]) => code ?? ''));
  const chosen = (text.match(CHOOSES_A_CODE) ?? []).flatMap((line) =>
    [...line.matchAll(/(?<!\?)[?:] '(\w+)'/g)].map(([, code]) => code ?? ''),
  );
  return [...made, ...chosen].filter((code) => !OF_NODE.test(code)).sort();
}

const TABLES = { RUN_CODES, COMMAND_CODES, ERROR_CODES, CALL_CODES, EXPLAIN_CODES };
const ours = new Set(Object.values(TABLES).flatMap((codes) => Object.keys(codes)));

describe('the codes', () => {
  const files = sources();

  it('that the sources make are all in the catalogue', () => {
    const strange = [...files].flatMap(([file, text]) =>
      codesIn(text)
        .filter((code) => !ours.has(code) && !(code in PROBLEM_TYPES))
        .map((code) => `${file}: ${code}`),
    );

    expect(strange).toEqual([]);
  });

  it.each([...ours])('of the catalogue are all made somewhere: %s', (code) => {
    expect([...files.values()].some((text) => text.includes(`'${code}'`))).toBe(true);
  });

  it.each(Object.entries(TABLES))('of %s say what happened and what to do, as sentences', (_, codes) => {
    const texts = Object.values(codes).flatMap(({ meaning, remedy }) => [meaning, remedy]);

    expect(texts.filter((text) => !/^[A-Z`'].*[.?)]$/.test(text))).toEqual([]);
  });

  it('are seen wherever a literal becomes one', () => {
    const text = `
      return { code: 'a_a', message };
      reason: { code: ok ? 'b_b' : 'c_c', message }
      const code = isIt ? 'd_d' : other;
      throw new RunError('e_e', 'x'); throw new RunError(
        'f_f',
      super('g_g', message);
      unusableAnswer('IAM', operation, 'h_h', 'x');
      fail({ outcome, cloudCode: 'i_i' });
      skipped('j_j', message, deps); nothing(what, jobs, 'k_k', message);
      { code: 'ECONNRESET' }
    `;

    expect(codesIn(text)).toEqual(['a_a', 'b_b', 'c_c', 'd_d', 'e_e', 'f_f', 'g_g', 'h_h', 'i_i', 'j_j', 'k_k']);
  });
});
