import { errorsPage } from './errors-page.ts';
import { jobsFilePage } from './jobs-file-page.ts';
import { settingsPage } from './settings-page.ts';

/** The pages that are made from the source, by their paths. */
export const GENERATED_PAGES: Readonly<Record<string, () => string>> = {
  'docs/errors.md': errorsPage,
  'docs/jobs-file.md': jobsFilePage,
  'docs/settings.md': settingsPage,
};
