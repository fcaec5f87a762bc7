import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ConfigError } from '../errors.ts';
import type { AddCommands, CommonOptions } from './command-line.ts';
import { EXIT } from './exit-code.ts';
import { answerQuestions, givenAnswers } from './init/answer-questions.ts';
import { jobsFileText } from './init/jobs-file-text.ts';
import { QUESTIONS } from './init/questions.ts';
import { serviceFileText } from './init/service-file-text.ts';
import { JOBS_FILE, packageFolder } from './project-folder.ts';

const SERVICE_FILE = 'serverless.yml';
const PLUGIN = 'dist/deploy/plugin.mjs';
const SCHEMA = 'migrations.schema.json';

const NEXT = [
  `fill in what says FILL IN in ${JOBS_FILE} and ${SERVICE_FILE}`,
  'npx migrations check',
  'npx migrations check --policy   # what the agency must be allowed',
  'npx migrations check --live     # with your keys in the environment',
  'npx serverless deploy',
] as const;

interface InitOptions extends CommonOptions, Readonly<Record<string, unknown>> {
  readonly yes?: boolean;
}

/** `init`: a first `migrations.yml` and `serverless.yml`. */
export const addInit: AddCommands = (program, maker) => {
  maker.command<InitOptions>(program, 'init', {
    summary: 'ask a few questions and write a first migrations.yml and serverless.yml into this folder',
    about:
      'Nothing is sent, and no file is overwritten: if one of the two is there, nothing is written. Each question can be answered beforehand by its option; --yes takes the default of the others. What is written passes check; the ids that are placeholders still say FILL IN.',
    examples: [
      'npx migrations init',
      'npx migrations init --yes',
      'npx migrations init --yes --use backup,schedule --region ap-southeast-3 --bucket my-backups --ledger my-ledger',
    ],
    add: (command) => {
      for (const { flag, text } of QUESTIONS) command.option(flag, text);
      command.option('--yes', 'take the default of what is not given, without asking');
    },
    work: async ({ terminal, cwd }, options) => {
      const files = [JOBS_FILE, SERVICE_FILE];
      const there = files.filter((file) => existsSync(join(cwd, file)));
      if (there.length > 0) return refuse(there);
      const answers = await answerQuestions(givenAnswers(options), { yes: options.yes === true }, terminal);
      const ours = (file: string) => {
        const path = join(relative(cwd, packageFolder()), file).split(sep).join('/');
        return path.startsWith('.') ? path : `./${path}`;
      };
      const texts: [string, string][] = [
        [JOBS_FILE, jobsFileText(answers, ours(SCHEMA))],
        [SERVICE_FILE, serviceFileText(answers, ours(PLUGIN))],
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
      terminal.result({ written, next: NEXT }, () => [
        `written: ${written.join(', ')}`,
        'next:',
        ...NEXT.map((step) => `  ${step}`),
      ]);
      return EXIT.done;

      function refuse(present: readonly string[]) {
        const message = `${present.join(' and ')} ${present.length === 1 ? 'is' : 'are'} there already, and nothing was written: move it away, or run init in another folder`;
        if (terminal.json) terminal.result({ written: [], there: present }, () => []);
        else terminal.note(message);
        return EXIT.failed;
      }
    },
  });
};
