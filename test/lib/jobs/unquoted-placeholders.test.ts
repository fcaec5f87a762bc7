import { inspectJobs } from '../../../lib/jobs/load-jobs.ts';

const file = (value: string) => `version: 1
region: ap-southeast-3
targets: { cache: { id: x } }
jobs:
  restore:
    on: { object_created: { bucket: backups, key: "prod/**" } }
    backup_import:
      target_instance: cache
      description: ${value}
`;
const problemsOf = async (value: string) =>
  (await inspectJobs(file(value), 'yaml')).problems.map(({ line, message }) => [line, message]);

describe('a placeholder in a jobs file', () => {
  it.each(['{{ object.key }}', '{{object.key}}', '{{ object.key }} arrived', '{{ object.key }}: arrived'])(
    'must be quoted if a value starts with it: %s',
    async (value) => {
      expect(await problemsOf(value)).toEqual([
        [9, 'an unquoted value that begins with {{ is an object in YAML: put it in quotes, as in "{{ object.key }}"'],
      ]);
    },
  );

  it.each([
    '"{{ object.key }}"',
    "'at: {{ object.key }}'",
    'from {{ object.key }}',
    '>-\n        at: {{ object.key }}',
  ])('needs no quotes elsewhere: %s', async (value) => {
    expect(await problemsOf(value)).toEqual([]);
  });
});
