// `npm run docs`: writes the pages of docs/ and the policies of deploy/policies/ that are made from the source.
import { writeFileSync } from 'node:fs';
import { GENERATED_PAGES } from './docs/generated-pages.ts';

for (const [file, page] of Object.entries(GENERATED_PAGES)) {
  writeFileSync(new URL(`../${file}`, import.meta.url), await page());
}
