import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { hasSources } from '../../build/function-names.ts';
import { ownName, ROOT } from '../../build/package-root.ts';
import { inspectJobs } from '../../jobs/load-jobs.ts';
import { secretNames } from '../../jobs/secret-names.ts';
import { command } from '../command-line.ts';
import { EXIT } from '../exit-code.ts';
import { JOBS_FILE } from '../project-folder.ts';
import { UsageError } from '../usage-error.ts';
import { answerQuestions, givenAnswers } from './answer-questions.ts';
import { jobsFileText } from './jobs-file-text.ts';
import { ENV_EXAMPLE, envExample, GIT_IGNORE, gitIgnore, notIgnored, PIPELINES } from './package-files.ts';
import { type Answers, QUESTIONS } from './questions.ts';
import { serviceFileText } from './service-file-text.ts';
import { type NewFile, writeFiles } from './write-files.ts';

const SERVICE_FILE = 'serverless.yml';
/** A clone is deployed from its own folder: the framework loads no plugin by a path outside the folder of its file. */
const PLUGIN_OF_CLONE = './dist/deploy/plugin.mjs';
const NO_PIPELINE = 'none';

/** Is this software installed as a package? Else it is a clone. */
const isPackage = (): boolean => !hasSources(ROOT);

/** The path of this software from a folder. */
function homeFrom(cwd: string): string {
  // Package managers may keep packages elsewhere, with links to them here.
  const installed = join(cwd, 'node_modules', ownName());
  const home = existsSync(installed) && isPackage() ? installed : ROOT;
  return relative(cwd, home).split(sep).join('/');
}

/** @param home path of this software, relative to the two files; empty if it is the same folder */
function nextSteps(home: string): readonly string[] {
  const npx = isPackage() || home === '' ? 'npx' : `npx --prefix ${home}`;
  const copy = `cp ${JOBS_FILE} ${SERVICE_FILE} ${home}/ && cd ${home}   # both are deployed from there`;
  return [
    `replace what is marked FILL IN in ${JOBS_FILE} and ${SERVICE_FILE}`,
    ...(isPackage() ? [`${npx} migrations start             # run them on this machine, without an account`] : []),
    `${npx} migrations check`,
    `${npx} migrations check --policy   # the permissions that the agency needs`,
    `${npx} migrations check --live     # with your keys in the environment`,
    ...(isPackage() || home === '' ? [] : [copy]),
    'npx serverless deploy',
  ];
}

async function filesOf(answers: Answers, home: string, pipeline: string): Promise<NewFile[]> {
  const jobsText = jobsFileText(answers, home || '.');
  const serviceText = serviceFileText(answers, isPackage() ? ownName() : PLUGIN_OF_CLONE);
  return [
    { file: JOBS_FILE, text: jobsText, mayExist: false },
    { file: SERVICE_FILE, text: serviceText, mayExist: false },
    // A clone has its own.
    ...(isPackage() ? await packageFiles(jobsText, pipeline) : []),
  ];
}

async function packageFiles(jobsText: string, pipeline: string): Promise<NewFile[]> {
  const { loaded } = await inspectJobs(jobsText, 'yaml');
  const secrets = loaded ? [...secretNames(loaded.jobs)].sort() : [];
  const chosen = PIPELINES[pipeline];
  return [
    { file: ENV_EXAMPLE, text: envExample(secrets), mayExist: true },
    { file: GIT_IGNORE, text: gitIgnore(), mayExist: true },
    ...(chosen ? [{ file: chosen.file, text: chosen.text(secrets), mayExist: true }] : []),
  ];
}

/** What to add by hand to files that were there before. */
async function additions(cwd: string, kept: readonly string[]): Promise<readonly string[]> {
  if (!kept.includes(GIT_IGNORE)) return [];
  const lacking = notIgnored(await readFile(join(cwd, GIT_IGNORE), 'utf8').catch(() => ''));
  return lacking.length === 0 ? [] : [`add to ${GIT_IGNORE}: ${lacking.join(' ')}`];
}

/** `init`: the first files of a project. */
export const addInit = command<Readonly<Record<string, unknown>>>('init', {
  summary: 'ask a few questions, and write an initial migrations.yml and serverless.yml to this folder',
  about:
    'Nothing is sent, and no file is overwritten: if either file exists, nothing is written. Where this software is installed as a package, .env.example, .gitignore and a pipeline file are written too, unless they exist. Each question can be answered by its option; --yes takes the defaults of the others. The files pass check; ids that are placeholders are marked FILL IN.',
  examples: [
    'npx migrations init',
    'npx migrations init --yes',
    'npx migrations init --yes --use backup,schedule --region ap-southeast-3 --bucket my-backups --ledger my-ledger',
  ],
  add: (command) => {
    for (const { flag, text } of Object.values(QUESTIONS)) command.option(flag, text.replace(/\?$/, ''));
    const kinds = [...Object.keys(PIPELINES), NO_PIPELINE].join(', ');
    command.option('--pipeline <kind>', `pipeline file that checks and deploys, for a package: ${kinds}`, 'github');
    command.option('--yes', 'take the defaults without asking');
  },
  work: async ({ terminal, cwd }, options) => {
    const pipeline = String(options['pipeline']);
    if (pipeline !== NO_PIPELINE && !Object.hasOwn(PIPELINES, pipeline)) {
      throw new UsageError(`--pipeline ${pipeline}: must be ${Object.keys(PIPELINES).join(', ')} or ${NO_PIPELINE}`);
    }
    const there = [JOBS_FILE, SERVICE_FILE].filter((file) => existsSync(join(cwd, file)));
    if (there.length > 0) return refuse(there);
    const answers = await answerQuestions(givenAnswers(options), options, terminal);
    const home = homeFrom(cwd);
    const end = await writeFiles(cwd, await filesOf(answers, home, pipeline));
    if ('there' in end) return refuse([end.there]);
    const { written, kept } = end;
    const next = [...(await additions(cwd, kept)), ...nextSteps(home)];
    terminal.result({ written, ...(kept.length > 0 ? { kept } : {}), next }, () => [
      `written: ${written.join(', ')}`,
      ...(kept.length > 0 ? [`left as it was: ${kept.join(', ')}`] : []),
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
