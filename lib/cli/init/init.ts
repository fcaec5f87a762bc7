import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ROOT } from '../../build/package-root.ts';
import { ConfigError } from '../../kernel/errors.ts';
import { command } from '../command-line.ts';
import { EXIT } from '../exit-code.ts';
import { JOBS_FILE } from '../project-folder.ts';
import { answerQuestions, givenAnswers } from './answer-questions.ts';
import { jobsFileText } from './jobs-file-text.ts';
import { QUESTIONS } from './questions.ts';
import { serviceFileText } from './service-file-text.ts';

const SERVICE_FILE = 'serverless.yml';
/** The framework loads plugins only from the folder of its file, so the file is deployed from the folder of this software. */
const PLUGIN = './dist/deploy/plugin.mjs';
const SCHEMA = 'migrations.schema.json';

/** @param home path of this software, relative to the two files; empty if it is the same folder */
function nextSteps(home: string): readonly string[] {
  const npx = home === '' ? 'npx' : `npx --prefix ${home}`;
  return [
    `replace what is marked FILL IN in ${JOBS_FILE} and ${SERVICE_FILE}`,
    `${npx} migrations check`,
    `${npx} migrations check --policy   # the permissions that the agency needs`,
    `${npx} migrations check --live     # with your keys in the environment`,
    ...(home === '' ? [] : [`cp ${JOBS_FILE} ${SERVICE_FILE} ${home}/ && cd ${home}   # both are deployed from there`]),
    'npx serverless deploy',
  ];
}

/** `init`: a first `migrations.yml` and `serverless.yml`. */
export const addInit = command<Readonly<Record<string, unknown>>>('init', {
  summary: 'ask a few questions, and write an initial migrations.yml and serverless.yml to this folder',
  about:
    'Nothing is sent, and no file is overwritten: if either file exists, nothing is written. Each question can be answered by its option; --yes takes the defaults of the others. The files pass check; ids that are placeholders are marked FILL IN.',
  examples: [
    'npx migrations init',
    'npx migrations init --yes',
    'npx migrations init --yes --use backup,schedule --region ap-southeast-3 --bucket my-backups --ledger my-ledger',
  ],
  add: (command) => {
    for (const { flag, text } of Object.values(QUESTIONS)) command.option(flag, text.replace(/\?$/, ''));
    command.option('--yes', 'take the defaults without asking');
  },
  work: async ({ terminal, cwd }, options) => {
    const files = [JOBS_FILE, SERVICE_FILE];
    const there = files.filter((file) => existsSync(join(cwd, file)));
    if (there.length > 0) return refuse(there);
    const answers = await answerQuestions(givenAnswers(options), options, terminal);
    const home = relative(cwd, ROOT).split(sep).join('/');
    const texts: [string, string][] = [
      [JOBS_FILE, jobsFileText(answers, `${home || '.'}/${SCHEMA}`)],
      [SERVICE_FILE, serviceFileText(answers, PLUGIN)],
    ];
    const written: string[] = [];
    for (const [file, text] of texts) {
      try {
        await writeFile(join(cwd, file), text, { flag: 'wx' });
        written.push(file);
      } catch (error) {
        for (const one of written) await rm(join(cwd, one));
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return refuse([file]);
        const { code = 'unknown error' } = error as NodeJS.ErrnoException;
        throw new ConfigError(`write ${join(cwd, file)}`, [{ path: [], message: `could not be written: ${code}` }], {
          cause: error,
        });
      }
    }
    const next = nextSteps(home);
    terminal.result({ written, next }, () => [
      `written: ${written.join(', ')}`,
      'next:',
      ...next.map((step) => `  ${step}`),
    ]);
    return EXIT.done;

    function refuse(present: readonly string[]) {
      const [verb, object] = present.length === 1 ? ['exists', 'it'] : ['exist', 'them'];
      const message = `${present.join(' and ')} already ${verb}, so nothing was written: move ${object} away, or run init in another folder`;
      if (terminal.json) terminal.result({ written: [], there: present }, () => []);
      else terminal.note(message);
      return EXIT.failed;
    }
  },
});
