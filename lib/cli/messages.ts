import { join, resolve } from 'node:path';
import type { LocalMessage } from '../../packages/local-cloud/src/cloud/smn/topics.ts';
import { ConfigError, messageOf } from '../kernel/errors.ts';
import { plainLines, plainText } from '../kernel/plain-text.ts';
import { RegionControl } from '../local-system/region-control.ts';
import { readSystemFile } from '../local-system/system-file.ts';
import { command } from './command-line.ts';
import { EXIT } from './exit-code.ts';
import { NOT_RUNNING } from './place.ts';
import { projectFolder } from './project-folder.ts';
import { timeText } from './runs/run-format.ts';
import { parseCount } from './runs/runs-list.ts';
import type { Terminal } from './terminal.ts';

const DEFAULT_LIMIT = 20;

interface MessagesOptions {
  readonly limit: number;
  readonly topic?: string;
  readonly text?: boolean;
}

/** `messages`. */
export const addMessages = command<MessagesOptions>('messages', {
  summary: 'show the messages that the running local system has sent to topics',
  about: [
    'When, to which topic, the subject and the whole text, oldest first. Nobody receives them: the local SMN only stores them, until npm start ends. Where Cloud Eye',
    'notifies topics of alarms, its messages are among them.',
  ].join('\n'),
  examples: [
    'npx migrations messages',
    'npx migrations messages --topic failed-events --text > message.json',
    "npx migrations messages --json | jq -r '.messages[].subject'",
  ],
  add: (command) =>
    command
      .option('--limit <n>', 'maximum number of messages to show, the newest', parseCount, DEFAULT_LIMIT)
      .option('--topic <topic>', 'only messages to this topic: its name or its URN')
      .option('--text', 'only the texts, as they were sent'),
  work: async ({ terminal, cwd }, { jobs, limit, topic, text }) => {
    const folder = projectFolder(cwd, jobs === undefined ? undefined : resolve(cwd, jobs));
    const sent = await readMessages(join(folder, '.local'));
    const isWanted = (urn: string) => topic === undefined || urn === topic || urn.endsWith(`:${topic}`);
    const all = sent.filter(({ topicUrn }) => isWanted(topicUrn));
    const shown = all.slice(-limit);
    const left = all.length - shown.length;
    if (all.length === 0)
      terminal.note(`no messages${topic === undefined ? '' : ` to ${topic}`} since the local system started`);
    if (left > 0) terminal.note(`${left} older not shown; raise --limit ${limit}`);
    terminal.result({ messages: shown.map(jsonOf), left }, () =>
      text
        ? shown.map(({ message }) => plainLines(message))
        : shown.flatMap((message, i) => [...(i === 0 ? [] : ['']), ...linesOf(message, terminal)]),
    );
    return EXIT.done;
  },
});

/** @throws {ConfigError} if no local system runs there, or it does not respond */
async function readMessages(stateFolder: string): Promise<LocalMessage[]> {
  const system = await readSystemFile(stateFolder);
  const failed = (message: string, cause?: unknown) =>
    new ConfigError('local system', [{ path: [], message }], cause === undefined ? {} : { cause });
  if (!system) throw failed(`${NOT_RUNNING}; messages are stored only while it runs`);
  return new RegionControl(system).messages().catch((error: unknown) => {
    throw failed(messageOf(error), error);
  });
}

function jsonOf({ id, topicUrn, subject, message, publishedAt }: LocalMessage): unknown {
  return { at: new Date(publishedAt).toISOString(), topic: topicUrn, subject, text: message, id };
}

function linesOf({ topicUrn, subject, message, publishedAt }: LocalMessage, terminal: Terminal): string[] {
  return [
    `${timeText(publishedAt)}  ${plainText(topicUrn)}`,
    `  ${terminal.paint('strong', plainText(subject))}`,
    ...message
      .trimEnd()
      .split('\n')
      .map((line) => `  ${plainText(line)}`.trimEnd()),
  ];
}
