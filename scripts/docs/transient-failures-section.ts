import {
  FINAL_CODES,
  needsOperator,
  TRANSIENT_FAILURES,
  type TransientFailure,
  type TransientFailureKind,
} from '../../lib/kernel/transient-failures.ts';
import { table } from './table.ts';

/** The meaning of each kind of transient failure, and what an operator can do about it. */
const KINDS: Readonly<Record<TransientFailureKind, readonly [meaning: string, remedy: string]>> = {
  keys: [
    'the keys of the function are refused',
    'correct the agency; no calls are made with the keys for five minutes',
  ],
  rights: [
    'a permission is missing, or not effective yet: a new agency needs about ten minutes',
    'grant the agency the action ([list](permissions.md))',
  ],
  quota: ['a quota is used up', 'request a higher quota, or delete what is not needed'],
  throttling: ['too many calls', 'no action needed; use fewer schedules at the same time'],
  unavailable: [
    'the service is down, or returned no usable response: no connection, no DNS name, no valid certificate, a redirect, an endless list',
    'wait some minutes; then check the network, the endpoint settings and the service',
  ],
  busy: ['an instance or server is busy or restarting', 'no action needed; if it persists, check it in its console'],
  agent: ['the Agent of the source server is offline, or has not reported its disks yet', 'start the Agent'],
  secret: [
    'a secret in DEW does not exist, is disabled, may not be read, or DEW does not respond',
    'create or enable it, correct its name, or grant the agency the action ([list](permissions.md))',
  ],
  file: ['a file that the jobs file names is not in its bucket yet', 'upload it, or correct its name'],
};

const KEEPS: Readonly<Record<TransientFailure['of'], string>> = {
  target: 'the target: the run keeps its turn',
  run: 'the run: other runs may use the target',
  cloud: 'the cloud: the run keeps its turn',
};

/** The section of docs/errors.md on transient and permanent failures. */
export function transientFailuresSection(): string {
  const rows = TRANSIENT_FAILURES.map((row) => {
    const [meaning, remedy] = KINDS[row.kind];
    const status = needsOperator({ code: row.codes[0] ?? '' }) ? '503' : '429';
    return [row.kind, meaning, signs(row), KEEPS[row.of], status, remedy];
  });
  const header = ['failure', 'meaning', 'recognized by', 'caused by', 'webhook, no ledger', 'what to do'];
  const final = [...FINAL_CODES].map((code) => `\`${code}\``).join(', ');
  return `## Transient and permanent failures\n\n${PASSES}\n\n${table(header, rows)}\n${FINAL.replace('CODES', final)}\n`;
}

function signs({ codes, statuses, outcomes }: TransientFailure): string {
  const named = codes.map((code) => `\`${code}\``);
  const others = statuses.map((status) =>
    status === 500 ? 'every other 5xx' : status > 500 ? '' : `every other ${status}`,
  );
  const none = outcomes.length > 0 ? ['no usable response'] : [];
  return [...named, ...others.filter(Boolean), ...none].join(', ');
}

const PASSES = `A run is never rejected because of a failure in this table, whether it occurred in a call or in preflight. With a ledger the run is \`waiting\`:
\`reconcile\` retries after 30 seconds, then after twice as long each time, up to 15 minutes. After six hours the run is \`parked\`, and
\`reason.cause\` has the code; [runs resolve --code](runbook.md#parked) resumes many runs together. Without a ledger the function fails, so that the
platform delivers the event again, and the webhook responds with \`Retry-After\`.`;

const FINAL = `All other refusals are permanent: the run is \`rejected\`, and \`npx migrations runs replay\` makes another attempt. This applies to every code that is
not in the table and, whatever their status, to these: CODES. They include the codes for an account in arrears or frozen, for an archived file, and
for values from which no request can be built. Problems with what the caller of the webhook named are permanent too: a target or source server to
which the function has no access, or a missing file in \`backup_files\`. A file that the function may not read is neither: DCS reads it with its own
permissions, so the run continues with a warning.

If an action on a resource is refused because of missing permissions or quota, the same invocation does not try it again: its other runs get the same
result. The next invocation tries again.`;
