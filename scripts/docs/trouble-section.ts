import {
  FINAL_CODES,
  needsOperator,
  TRANSIENT_FAILURES,
  type TransientFailure,
  type TransientFailureKind,
} from '../../lib/kernel/transient-failures.ts';
import { table } from './table.ts';

/** What a kind of trouble is, and what an operator does about it. */
const KINDS: Readonly<Record<TransientFailureKind, readonly [meaning: string, remedy: string]>> = {
  keys: ['the keys of the function are refused', 'correct the agency; the keys rest for five minutes'],
  rights: [
    'a right is missing, or not known yet: a new agency needs about ten minutes',
    'give the agency the action ([which](permissions.md))',
  ],
  quota: ['a quota is used up', 'ask for more, or delete what is not needed'],
  throttling: ['too many calls', 'nothing; fewer schedules at the same moment'],
  unavailable: [
    'the service is down, or gave no answer that can be used: no connection, no name, no valid certificate, a redirect, a list without end',
    'nothing for some minutes; then look at the network, the endpoint settings and the service',
  ],
  busy: ['an instance or server is busy or restarting', 'nothing; if it lasts, look at it in its console'],
  agent: ['the Agent of the source server is away, or has not told of its disks yet', 'start the Agent'],
  file: ['a file that the jobs file names is not in its bucket yet', 'upload it, or correct its name'],
};

const KEEPS: Readonly<Record<TransientFailure['of'], string>> = {
  target: 'the target: the run keeps its turn',
  run: 'the run: the target is left to others',
  cloud: 'the cloud: the run keeps its turn',
};

/** The section of docs/errors.md on what passes and what is final. */
export function troubleSection(): string {
  const rows = TRANSIENT_FAILURES.map((row) => {
    const [meaning, remedy] = KINDS[row.kind];
    const answer = needsOperator({ code: row.codes[0] ?? '' }) ? '503' : '429';
    return [row.kind, meaning, signs(row), KEEPS[row.of], answer, remedy];
  });
  const header = ['trouble', 'meaning', 'known by', 'whose', 'webhook, no ledger', 'what to do'];
  const final = [...FINAL_CODES].map((code) => `\`${code}\``).join(', ');
  return `## What passes, and what is final\n\n${PASSES}\n\n${table(header, rows)}\n${FINAL.replace('CODES', final)}\n`;
}

function signs({ codes, statuses, outcomes }: TransientFailure): string {
  const named = codes.map((code) => `\`${code}\``);
  const answers = statuses.map((status) =>
    status === 500 ? 'every other 5xx' : status > 500 ? '' : `every other ${status}`,
  );
  const none = outcomes.length > 0 ? ['no usable answer'] : [];
  return [...named, ...answers.filter(Boolean), ...none].join(', ');
}

const PASSES = `A run that meets what this table names is never refused for it, whether a call or preflight met it. With a ledger it is \`waiting\`:
\`reconcile\` tries it again after 30 seconds, then after twice as long each time, at most after 15 minutes. After six hours it is
\`parked\`, and \`reason.cause\` has the code; [runs resolve --code](runbook.md#parked) lets many go on at once. Without a ledger the function fails, so that the platform
delivers the event again, and the webhook answers with \`Retry-After\`.`;

const FINAL = `All else that is refused is final: the run is \`rejected\`, and \`npx migrations runs replay\` brings it back. That holds for every code that is not in
the table, and for these, whatever their status: CODES. Among them are the codes of an account that is in arrears or frozen, of an archived file, and
of requests that cannot be made of what was given. Final as well is what the caller of a webhook named itself: a target or source server that the function is denied,
a file in \`backup_files\` that is not there. A file that the function may not read is neither: DCS reads it with rights of its own, so the run warns and
goes on.

What an invocation was refused for want of rights or quota, an action on a resource, it does not ask again: the other runs of that invocation get the
same answer. The next invocation asks again.`;
