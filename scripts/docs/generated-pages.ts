import { errorsPage } from './errors-page.ts';
import { jobsFilePage } from './jobs-file-page.ts';
import { openQuestionsPage } from './open-questions-page.ts';
import { PARITY_PAGES } from './parity-pages.ts';
import { POLICY_FILES, permissionsPage } from './permissions-page.ts';
import { settingsPage } from './settings-page.ts';

/** The generated pages, and the policies that they describe, by path. */
export const GENERATED_PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/errors.md': errorsPage,
  'docs/jobs-file.md': jobsFilePage,
  'docs/open-questions.md': openQuestionsPage,
  'docs/permissions.md': permissionsPage,
  'docs/settings.md': settingsPage,
  ...PARITY_PAGES,
  ...POLICY_FILES,
};
