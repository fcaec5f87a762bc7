import { CLOUD_CODES } from '../../lib/kernel/cloud-codes.ts';
import {
  CALL_CODES,
  COMMAND_CODES,
  type CodeEntry,
  ERROR_CODES,
  EXPLAIN_CODES,
  RUN_CODES,
} from '../../lib/kernel/codes.ts';
import { PROBLEM_TYPES } from '../../lib/webhook/problem-types.ts';
import { table } from './table.ts';
import { troubleSection } from './trouble-section.ts';

/** docs/errors.md. */
export function errorsPage(): string {
  const problems = Object.entries(PROBLEM_TYPES).map(([name, { status, title }]) => [
    `[\`${name}\`](webhook.md#${name})`,
    String(status),
    title,
  ]);
  const ofClouds = CLOUD_CODES.map(({ title, source, rows }) => {
    const cells = rows.map(({ codes, meaning, reaction, remedy }) => [codes, meaning, reaction, remedy]);
    return `### ${title}\n\n${source}\n\n${table(['code', 'meaning', 'we', 'you'], cells)}`;
  });
  return [
    INTRO,
    `## Reasons of runs\n\n${RUNS}\n\n${codeTable(RUN_CODES)}`,
    troubleSection(),
    `## Calls without an answer of the cloud\n\n${CALLS}\n\n${codeTable(CALL_CODES)}`,
    `## Errors of a function, a command or a deploy\n\n${ERRORS}\n\n${codeTable(ERROR_CODES)}`,
    `## What commands say of runs\n\n${COMMANDS}\n\n${codeTable(COMMAND_CODES)}`,
    `## What explain says of jobs\n\n${EXPLAIN}\n\n${codeTable(EXPLAIN_CODES)}`,
    `## Problems of the webhook\n\n${PROBLEMS}\n\n${table(['code', 'status', 'title'], problems)}`,
    EXITS,
    `## Codes of the cloud\n\n${CLOUD}\n\n${ofClouds.join('\n')}`,
  ].join('\n');
}

function codeTable(codes: Readonly<Record<string, CodeEntry>>): string {
  const rows = Object.entries(codes).map(([code, { meaning, remedy }]) => [`\`${code}\``, meaning, remedy]);
  return table(['code', 'meaning', 'what to do'], rows);
}

const INTRO = `# Error catalogue

<!-- Written by npm run docs from the tables of codes; the compiler takes no other code of reaction, and a test wants each to be made. -->

Every code that you can meet: what it means and what to do. Codes stay as they are; messages may get better. A message names what was tried, on
what, what came back, and where it exists the cloud's request id, for its support. By what you see rather than by code: the
[runbook](runbook.md).
`;

const RUNS = `\`reason.code\` in a function's result and log, in \`npx migrations runs show\`, in reports, and in answers of the webhook. Beside these it may
be one of the next table, or [the cloud's own](#codes-of-the-cloud).`;

const CALLS = `The code of a call to the cloud to which the cloud gave none. Beside these Node's own codes of the network appear (\`ECONNREFUSED\`,
\`ECONNRESET\`, \`ENOTFOUND\`, \`ETIMEDOUT\`): the service could not be reached, or the connection broke. A changing call that may have reached the
service is \`unknown\` then; it is looked for, and never simply sent again.`;

const ERRORS = `\`code\` of what a function fails with, of the \`error\` that a command prints with \`--json\`, and in the messages of \`npx serverless\`.`;

const COMMANDS = 'Nothing was recorded or changed.';

const EXPLAIN = '`npx migrations explain` gives one for each job that the event does not start. Nothing was sent.';

const PROBLEMS = `Answers of 400 and above; [the webhook](webhook.md#problems) has what to do about each. Where the cloud refused, \`code\` is the cloud's.`;

const EXITS = `## Exit codes of commands

| code | meaning |
| --- | --- |
| 0 | done, and all is well |
| 1 | carried out, and the answer is bad: problems found, a run or function failed. \`npx serverless\`: it failed |
| 2 | the command line can't be understood, or nobody confirmed; nothing was done. \`npx serverless diff\`: something would change |
| 3 | it could not be carried out: no such file, run or ledger, or the cloud did not answer |
`;

const CLOUD = `The codes that operators see, from the services' pages. "We" is what a function does by itself: *waits* (the call is retried with a growing delay, because
nothing was created: [what passes](#what-passes-and-what-is-final)), *refuses* (the run is \`rejected\`, its code is the reason), *checks* (the call may have taken effect: the list is
checked), *reports* (a task failed with it), *pauses the keys* (no call uses them for five minutes), *fails* (nothing is created, and the platform
delivers the event again), *stops* (a deploy: run it again once that is fixed), *continues* (this is
the wanted state). Codes that are not listed are refused; after a 5xx the list is checked.`;
