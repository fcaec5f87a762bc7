import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPage } from './fixtures/markdown-page.ts';
import { translationProblems } from './fixtures/translation-checks.ts';

const ROOT = join(import.meta.dirname, '..');
const pageOf = (file: string) => readPage(file, readFileSync(join(ROOT, file), 'utf8'));

describe('README', () => {
  const translations = readdirSync(ROOT).filter((file) => /^README\..+\.md$/.test(file));

  it('has a Chinese translation', () => {
    expect(translations).toEqual(['README.zh-CN.md']);
  });

  it.each(translations)('and %s have the same headings, snippets and links', (file) => {
    expect(translationProblems(pageOf('README.md'), pageOf(file))).toEqual([]);
  });

  it.each(translations)('and %s link to each other', (file) => {
    expect(pageOf('README.md').links).toContain(file);
    expect(pageOf(file).links).toContain('README.md');
  });
});

describe('a translation', () => {
  const ENGLISH = '# A\n\n[b](b.md) and [c](c.md)\n\n## B\n\n```sh\nnpm test\n```\n\n[own](#b) [zh](A.zh.md)\n';
  const problems = (text: string) => translationProblems(readPage('A.md', ENGLISH), readPage('A.zh.md', text));

  it('may differ in words, anchors and the order of links', () => {
    const chinese = '# 甲\n\n[丙](c.md) [乙](b.md)\n\n## 乙\n\n```sh\nnpm test\n```\n\n[自](#乙) [en](A.md)\n';

    expect(problems(chinese)).toEqual([]);
  });

  it.each([
    ['a heading is missing', ENGLISH.replace('## B', 'B'), ['heading 2: level 2 | none']],
    ['a heading has another level', ENGLISH.replace('## B', '### B'), ['heading 2: level 2 | level 3']],
    ['a heading is extra', `${ENGLISH}\n## C\n`, ['heading 3: none | level 2']],
    ['a snippet differs', ENGLISH.replace('npm test', 'npm run x'), ['snippet 1: sh\nnpm test | sh\nnpm run x']],
    ['a snippet is missing', ENGLISH.replace(/```[\s\S]*```/, ''), ['snippet 1: sh\nnpm test | none']],
    ['a link goes elsewhere', ENGLISH.replace('(c.md)', '(d.md)'), ['link 2: c.md | d.md']],
    ['a link is missing', ENGLISH.replace('[b](b.md)', 'b'), ['link 1: b.md | c.md']],
  ])('is out of step when %s', (_, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });
});
