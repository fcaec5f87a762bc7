import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTANTS } from './mutants.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('the list of mutants', () => {
  it('has a name of its own for each', () => {
    const names = MUTANTS.map(({ breaks }) => breaks);

    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it('changes what occurs exactly once in the file, so that it is what it was', () => {
    const stale = MUTANTS.filter(({ file, before, after }) => {
      const text = readFileSync(join(ROOT, file), 'utf8');
      return text.split(before).length !== 2 || before === after;
    });

    expect(stale.map(({ breaks, file }) => `${file}: ${breaks}`)).toEqual([]);
  });

  it('names tests that there are', () => {
    const missing = MUTANTS.flatMap(({ tests }) => tests).filter(
      (test) => !existsSync(join(ROOT, 'test', `${test.split('#')[0]}.test.ts`)),
    );

    expect([...new Set(missing)]).toEqual([]);
  });
});

describe('the tests that Stryker leaves out', () => {
  it('are files that there are', () => {
    const config = readFileSync(join(ROOT, 'jest.mutation.config.mjs'), 'utf8');
    const names = [...config.matchAll(/^ {2}'(.+)',$/gm)].map(([, name]) => name);
    const missing = names.filter((name) => !existsSync(join(ROOT, 'test', `${name}.test.ts`)));

    expect([names.length > 0, missing]).toEqual([true, []]);
  });
});
