import { mutantsOf } from './mutant.ts';

/** Secrets in DEW, and who they let in. */
export const SECRET_MUTANTS = [
  ...mutantsOf(
    'lib/platform/stored-secrets.ts',
    ['lib/platform/stored-secrets'],
    [
      {
        breaks: 'a secret from DEW is used for ever',
        before: 'return age !== undefined && age >= 0 && age < ms ? kept : undefined;',
        after: 'return age !== undefined && age >= 0 ? kept : undefined;',
      },
      {
        breaks: 'a clock that was set back makes a secret fresh',
        before: 'age >= 0 && age < ms',
        after: 'age < ms',
      },
      {
        breaks: 'each reader asks DEW',
        before: 'const asked = this.#joined(id, reader) ?? this.#ask(id, reference, csms);',
        after: 'const asked = this.#ask(id, reference, csms);',
      },
      {
        breaks: 'the read of a frozen invocation is joined',
        before: 'age < (asked.isOver ? spared : JOINED_MS)',
        after: 'age < (asked.isOver ? spared : 3_600_000)',
      },
      {
        breaks: 'a DEW that hangs holds up who has a value that can be used',
        before: 'return orElse(asked.text, usable.text, PATIENCE_MS - (this.#now() - asked.at));',
        after: 'return asked.text.catch(() => usable.text);',
      },
      {
        breaks: 'a DEW that hangs holds up each caller for a second',
        before: 'PATIENCE_MS - (this.#now() - asked.at)',
        after: 'PATIENCE_MS',
      },
      {
        breaks: 'each stranger costs a call to DEW while a secret cannot be read',
        before: "reader === 'caller' ? SPARED_MS : 0",
        after: '0',
      },
      {
        breaks: 'a run is told what DEW said to a stranger',
        before: "reader === 'caller' ? SPARED_MS : 0",
        after: 'SPARED_MS',
      },
    ],
  ),
  ...mutantsOf(
    'lib/platform/read-secret.ts',
    ['lib/platform/read-secret'],
    [
      {
        breaks: 'a secret in DEW that cannot be read is final',
        before: "cloudCode: 'secret_unavailable',",
        after: "cloudCode: 'bad_id',",
      },
      {
        breaks: 'a secret from DEW with a line break is used',
        before: "return problem ? new RunError('bad_secret', `${where} ${problem}; correct its value`) : value;",
        after: 'return value;',
      },
      {
        breaks: 'a remembered value is refused for good, though it was corrected',
        before: 'if (!(again instanceof RunError)) return again;',
        after: '',
      },
      {
        breaks: 'each run asks for a secret that cannot be read',
        before: "if (error.cloudCode !== 'out_of_time') unreadable.set(name, failure);",
        after: '',
      },
      {
        breaks: 'a secret from DEW is not redacted',
        before: 'redactor.add(value);',
        after: '',
      },
    ],
  ),
  ...mutantsOf(
    'lib/webhook/caller.ts',
    ['lib/webhook/caller#while the secret of one job'],
    [
      {
        breaks: 'the secret of one job holds up the callers of all',
        before: 'await secrets.of(job);',
        after: 'await secrets.all();',
      },
      {
        breaks: 'the time of a refusal tells whether a job exists',
        before: '      await secrets.all();\n      requireSecrets();',
        after: '      requireSecrets();',
      },
    ],
  ),
  ...mutantsOf(
    'lib/webhook/caller.ts',
    ['functions/stored-secrets#lets nobody in while it cannot be read'],
    [
      {
        breaks: 'a secret that cannot be read looks like a job that does not exist',
        before: '      requireSecrets();\n      const logged',
        after: '      const logged',
      },
      {
        breaks: 'the list of jobs lacks those whose secret cannot be read',
        before: 'if (all.some(isUnclear)) requireSecrets();',
        after: '',
      },
    ],
  ),
];
