import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { readPage } from './fixtures/markdown-page.ts';
import { originalOf, translationProblems } from './fixtures/translation-checks.ts';

const ROOT = join(import.meta.dirname, '..');
const pageOf = (file: string) => readPage(file, readFileSync(join(ROOT, file), 'utf8'));
const translationsIn = (folder: string) =>
  readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.zh-CN.md'))
    .map((file) => posix.join(folder, file));
const translations = [...translationsIn('.'), ...translationsIn('docs')];

describe('the translations into Chinese', () => {
  it('are of the README, the start and the runbook', () => {
    expect(translations).toEqual(['README.zh-CN.md', 'docs/runbook.zh-CN.md', 'docs/start.zh-CN.md']);
  });

  it.each(translations)('%s has the same headings, snippets and links as its original', (file) => {
    expect(translationProblems(pageOf(originalOf(file)), pageOf(file))).toEqual([]);
  });

  it.each(translations)('%s and its original link to each other', (file) => {
    expect(pageOf(originalOf(file)).links).toContain(posix.basename(file));
    expect(pageOf(file).links).toContain(posix.basename(originalOf(file)));
  });

  it.each(translations)('%s links to translations where there are any', (file) => {
    const others = pageOf(file).links.filter((link) => link !== posix.basename(originalOf(file)));
    const translationOf = (link: string) => link.replace(/#.*/s, '').replace(/(?:\.zh-CN)?\.md$/, '.zh-CN.md');

    expect(
      others.filter(
        (link) =>
          /\.md(?:#|$)/.test(link) &&
          !/\.zh-CN\.md(?:#|$)/.test(link) &&
          existsSync(join(ROOT, posix.dirname(file), translationOf(link))),
      ),
    ).toEqual([]);
  });
});

describe('a translation', () => {
  const ENGLISH = '# A\n\n[b](b.md) and [c](c.md)\n\n## B\n\n```sh\nnpm test\n```\n\n[own](#b) [zh](A.zh.md)\n';
  const problems = (text: string) => translationProblems(readPage('A.md', ENGLISH), readPage('A.zh.md', text));

  it('may differ in words, anchors and the order of links', () => {
    const chinese = '# 甲\n\n[丙](c.md) [乙](b.md)\n\n## 乙\n\n```sh\nnpm test\n```\n\n[自](#乙) [en](A.md)\n';

    expect(problems(chinese)).toEqual([]);
  });

  it('may link to the translation of a page instead, whose headings have other anchors', () => {
    const english = readPage('A.md', '# A\n\n[b](b.md#one) [c](c.md#two)\n');
    const chinese = (links: string) => readPage('A.zh-CN.md', `# 甲\n\n${links}\n`);

    expect(translationProblems(english, chinese('[乙](b.zh-CN.md#一) [丙](c.md#two)'))).toEqual([]);
    expect(translationProblems(english, chinese('[乙](b.zh-CN.md#一) [丙](c.md#three)'))).toEqual([
      'link 2: c.md#two | c.md#three',
    ]);
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
