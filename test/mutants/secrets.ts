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
        before: 'const reading = this.#running(id) ?? this.#start(id, reference, csms);',
        after: 'const reading = this.#start(id, reference, csms);',
      },
      {
        breaks: 'the read of a frozen invocation is joined',
        before: 'age !== undefined && age >= 0 && age < JOINED_MS ? reading?.text : undefined',
        after: 'reading?.text',
      },
      {
        breaks: 'a DEW that hangs holds up who has a value that can be used',
        before: 'return orElse(reading, usable.text);',
        after: 'return reading.catch(() => usable.text);',
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
