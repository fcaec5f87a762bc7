// `npm run docs`: writes the pages in docs/ and the policies in deploy/policies/ that are generated from the source.
import { writeFileSync } from 'node:fs';
import { GENERATED_PAGES } from './docs/generated-pages.ts';

for (const [file, page] of Object.entries(GENERATED_PAGES)) {
  writeFileSync(new URL(`../${file}`, import.meta.url), await page());
}
